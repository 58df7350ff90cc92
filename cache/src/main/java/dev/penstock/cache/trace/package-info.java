/** Traces of requests for the GPU optimizer: counted by windows of ten seconds, off the request path. */
@NullMarked
package dev.penstock.cache.trace;

import org.jspecify.annotations.NullMarked;
