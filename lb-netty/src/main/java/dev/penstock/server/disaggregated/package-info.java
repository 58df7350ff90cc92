/**
 * What a request becomes where one endpoint computes its prompt and another one its answer: the two bodies, by the
 * connector that carries the KV cache, and what is counted of the first call. Knows no exchange. Confined to event
 * loops, but for what says otherwise.
 */
@NullMarked
package dev.penstock.server.disaggregated;

import org.jspecify.annotations.NullMarked;
