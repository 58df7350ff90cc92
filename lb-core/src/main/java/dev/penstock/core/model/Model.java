package dev.penstock.core.model;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import org.jspecify.annotations.Nullable;

/**
 * A model. See {@link ModelView} for the meaning of each part.
 *
 * @param name the name that clients send
 * @param baseModel name of the base model
 * @param endpoints all endpoints
 * @param ready those that can take a request
 * @param shard number of its shard
 * @param lockedStrategy the strategy that holds whatever clients ask for, or null
 * @param strategy the strategy for requests that name none, or null
 */
public record Model(String name, String baseModel, Candidates endpoints, Candidates ready, int shard,
        @Nullable String lockedStrategy, @Nullable String strategy) implements ModelView {}
