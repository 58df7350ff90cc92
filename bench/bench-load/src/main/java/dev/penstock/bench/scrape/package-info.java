/** What it costs to read the metrics pages of many engines, beside reading the same bytes and nothing more. */
@NullMarked
package dev.penstock.bench.scrape;

import org.jspecify.annotations.NullMarked;
