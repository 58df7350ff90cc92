/** What a Prometheus knows of engines: asked for again and again, for all endpoints at once. */
@NullMarked
package dev.penstock.cache.prometheus;

import org.jspecify.annotations.NullMarked;
