package dev.penstock.server.body;

import org.jspecify.annotations.Nullable;

/**
 * What one pass over a multipart body found.
 *
 * @param model field {@code model}, or null where it is missing
 * @param stream whether field {@code stream} is {@code true} or {@code 1}
 */
public record MultipartFacts(@Nullable String model, boolean stream) {
}
