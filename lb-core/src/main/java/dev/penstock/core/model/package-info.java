/** The fleet as immutable values: what the cache builds and everybody else reads. */
@NullMarked
package dev.penstock.core.model;

import org.jspecify.annotations.NullMarked;
