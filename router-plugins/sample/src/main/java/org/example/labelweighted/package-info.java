/** A router for fleets of unequal machines. What may be null is marked so; all else is not. */
@NullMarked
package org.example.labelweighted;

import org.jspecify.annotations.NullMarked;
