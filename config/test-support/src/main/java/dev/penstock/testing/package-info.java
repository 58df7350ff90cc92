/** Guards that run inside every test. Registered with JUnit by {@code META-INF/services}. */
@NullMarked
package dev.penstock.testing;

import org.jspecify.annotations.NullMarked;
