/** Pieces of pipelines: filters that go by what is known of a pod, and pickers. Seen by the host as providers only. */
@NullMarked
package dev.penstock.routers.pieces;

import org.jspecify.annotations.NullMarked;
