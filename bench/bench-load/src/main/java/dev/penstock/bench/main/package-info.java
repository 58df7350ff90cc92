/** Command line of the tools. */
@NullMarked
package dev.penstock.bench.main;

import org.jspecify.annotations.NullMarked;
