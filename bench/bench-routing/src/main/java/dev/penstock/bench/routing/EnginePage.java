package dev.penstock.bench.routing;

/**
 * What an engine tells when it is asked.
 *
 * @param running requests that are prefilled or decode
 * @param waiting requests that wait for their prefill
 * @param kvUsage share of the KV cache that running requests hold, 0 to 1; what is only kept for later does not count
 * @param utilization the greater one of that and of the share of the batch that is taken, as SGLang tells it
 * @param counts what it has counted
 */
record EnginePage(int running, int waiting, double kvUsage, double utilization, EngineCounts counts) {}
