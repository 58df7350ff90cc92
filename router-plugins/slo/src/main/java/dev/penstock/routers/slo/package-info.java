/**
 * Routers that let requests wait until an endpoint has room for them, and send those first that are latest by their
 * service level: {@code slo}, {@code slo-least-load-pulling}, {@code slo-least-load} and {@code slo-pack-load}. What an
 * endpoint carries is told by GPU profiles.
 */
@NullMarked
package dev.penstock.routers.slo;

import org.jspecify.annotations.NullMarked;
