/**
 * Finds router plugins: each a jar or a folder of jars with a loader of its own, which sees the JDK and
 * {@code dev.penstock.spi} and nothing else of the host.
 */
@NullMarked
package dev.penstock.server.plugin;

import org.jspecify.annotations.NullMarked;
