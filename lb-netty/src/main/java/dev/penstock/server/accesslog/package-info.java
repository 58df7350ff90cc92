/**
 * One line of JSON for each request. Event loops fill records that were made beforehand and hand them over; the thread
 * {@code lb-log} formats and writes. What it cannot take is dropped and counted: nobody waits for a log.
 *
 * <pre>
 *  lb-io-N ─ take a free record, fill it ─► waiting (bounded) ─► lb-log: JSON, batches ─► file or stdout
 *                       ▲                                              │
 *                       └──────────────── free (bounded) ◄─────────────┘
 * </pre>
 */
@NullMarked
package dev.penstock.server.accesslog;

import org.jspecify.annotations.NullMarked;
