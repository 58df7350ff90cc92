/** The live figures of a running process as a table or as JSON. Knows neither where they come from nor who asked. */
@NullMarked
package dev.penstock.server.stat;

import org.jspecify.annotations.NullMarked;
