/** How long a Penstock takes from the start of its process until it answers. */
@NullMarked
package dev.penstock.bench.start;

import org.jspecify.annotations.NullMarked;
