/** How much there may be: limits of users, and of models. */
@NullMarked
package dev.penstock.cache.limits;

import org.jspecify.annotations.NullMarked;
