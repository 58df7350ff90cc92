/** What is remembered of requests: pending counts, and which endpoint holds a response. */
@NullMarked
package dev.penstock.cache.tracking;

import org.jspecify.annotations.NullMarked;
