package dev.penstock.routers.pd;

/**
 * How pods are compared for a request. Immutable.
 *
 * @param prefill those that compute the prompt
 * @param decode those that generate the answer
 */
record Policies(PrefillPolicy prefill, DecodePolicy decode) {}
