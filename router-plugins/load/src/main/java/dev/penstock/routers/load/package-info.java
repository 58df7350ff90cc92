/** Routers that choose by load: by what engines report of themselves, and by what was sent to them. */
@NullMarked
package dev.penstock.routers.load;

import org.jspecify.annotations.NullMarked;
