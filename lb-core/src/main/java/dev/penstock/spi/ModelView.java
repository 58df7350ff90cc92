package dev.penstock.spi;

import org.jspecify.annotations.Nullable;

/** A model and the endpoints that serve it, at one moment. Immutable; any thread may read it. */
public interface ModelView {

    /** The name that clients send. */
    String name();

    /** Name of the base model; {@link #name} itself unless this is an adapter. */
    String baseModel();

    /** All endpoints that serve it, ready or not. */
    Candidates endpoints();

    /** The endpoints that can take a request now. */
    Candidates ready();

    /** Number of the shard whose routers choose for it, from 0. */
    int shard();

    /** The strategy that holds whatever clients ask for, or null. */
    @Nullable String lockedStrategy();

    /** The strategy for requests that name none, or null for the one of the process. */
    @Nullable String strategy();
}
