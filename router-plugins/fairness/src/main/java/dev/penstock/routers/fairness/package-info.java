/** Routers that keep users from crowding out each other. */
@NullMarked
package dev.penstock.routers.fairness;

import org.jspecify.annotations.NullMarked;
