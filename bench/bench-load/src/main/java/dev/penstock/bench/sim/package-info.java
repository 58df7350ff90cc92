/**
 * Simulated LLM engines: servers that speak what vLLM speaks, take the time that a GPU would take, keep a prefix
 * cache, and fail on demand. For tests, for benchmarks of proxies, and for demonstrations without a GPU.
 *
 * <pre>
 *   SimFleet ──► SimEngine (one port, one event loop)
 *                  ├─ EngineServer      listens; ConnectionHandler frames requests, Exchange answers one of them
 *                  │                    (InstantHandler: the short cut of benchmarks)
 *                  ├─ Endpoints         path → answer; *Reply: the JSON and the SSE of each API
 *                  ├─ Scheduler         prefill queue and decode batch, over a PrefixCache; time given from outside
 *                  └─ Fault, FaultPlan  what goes wrong, and how often
 * </pre>
 *
 * <p>All of an engine's state is confined to its event loop; counters may be read and awaited from any thread.
 */
@NullMarked
package dev.penstock.bench.sim;

import org.jspecify.annotations.NullMarked;
