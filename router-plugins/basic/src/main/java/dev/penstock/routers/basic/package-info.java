/**
 * Routers that need no more than the in-flight figures: {@code random}, {@code round-robin}, {@code least-request},
 * {@code power-of-two} and {@code session-affinity}. Each is a {@link dev.penstock.spi.RouterProvider} and a router;
 * {@code least-request} and {@code session-affinity} also score, so that expressions can combine them.
 */
@NullMarked
package dev.penstock.routers.basic;

import org.jspecify.annotations.NullMarked;
