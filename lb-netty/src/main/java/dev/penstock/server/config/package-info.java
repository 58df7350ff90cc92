/** The configuration file, and the settings of the server. */
@NullMarked
package dev.penstock.server.config;

import org.jspecify.annotations.NullMarked;
