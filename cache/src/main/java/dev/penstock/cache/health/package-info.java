/** Which endpoints are out because they failed: told by requests, decided by {@code lb-cache}. */
@NullMarked
package dev.penstock.cache.health;

import org.jspecify.annotations.NullMarked;
