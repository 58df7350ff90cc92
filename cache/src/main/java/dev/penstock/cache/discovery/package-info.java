/** Where the fleet is learned from: files, so far. */
@NullMarked
package dev.penstock.cache.discovery;

import org.jspecify.annotations.NullMarked;
