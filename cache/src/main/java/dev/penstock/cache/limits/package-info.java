/** How many requests there may be: limits of models. */
@NullMarked
package dev.penstock.cache.limits;

import org.jspecify.annotations.NullMarked;
