/** Models that sleep in a pool of pods, and how they are woken. */
@NullMarked
package dev.penstock.server.claims;

import org.jspecify.annotations.NullMarked;
