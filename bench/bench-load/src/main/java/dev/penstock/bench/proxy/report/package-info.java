/**
 * From samples of rounds to rows, and from rows to a table or to lines of JSON.
 */
@NullMarked
package dev.penstock.bench.proxy.report;

import org.jspecify.annotations.NullMarked;
