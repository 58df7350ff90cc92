/** Active checks of endpoints. */
@NullMarked
package dev.penstock.server.checks;

import org.jspecify.annotations.NullMarked;
