/** Routers that need no more than the in-flight figures. */
@NullMarked
package dev.penstock.routers.basic;

import org.jspecify.annotations.NullMarked;
