/** The command line of the server. */
@NullMarked
package dev.penstock.server.main;

import org.jspecify.annotations.NullMarked;
