/** Learns pods and adapters from a Kubernetes API server, and outlives its outages. */
@NullMarked
package dev.penstock.cache.kubernetes;

import org.jspecify.annotations.NullMarked;
