package dev.penstock.bench.proxy.target;

/**
 * Where a proxy listens on the loopback interface.
 *
 * @param json for answers that come at once
 * @param sse for streams, with the settings that streams want
 */
record ProxyPorts(int json, int sse) {
}
