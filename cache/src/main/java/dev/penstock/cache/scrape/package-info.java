/** What engines tell of themselves: asked for again and again, read, and mapped to generic names. */
@NullMarked
package dev.penstock.cache.scrape;

import org.jspecify.annotations.NullMarked;
