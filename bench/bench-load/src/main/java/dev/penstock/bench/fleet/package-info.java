/** What it costs to publish a large fleet again, and how many publications a rolling restart makes. */
@NullMarked
package dev.penstock.bench.fleet;

import org.jspecify.annotations.NullMarked;
