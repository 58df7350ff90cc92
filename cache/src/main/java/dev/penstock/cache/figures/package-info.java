/** The live figures of all endpoints, in dense off-heap columns. */
@NullMarked
package dev.penstock.cache.figures;

import org.jspecify.annotations.NullMarked;
