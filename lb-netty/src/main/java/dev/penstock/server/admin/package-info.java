/** The admin port: health, readiness, metrics, and what the process believes. */
@NullMarked
package dev.penstock.server.admin;

import org.jspecify.annotations.NullMarked;
