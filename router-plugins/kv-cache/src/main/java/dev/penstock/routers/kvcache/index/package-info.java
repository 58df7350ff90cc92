/**
 * What the router believes to be in the KV caches of the pods: one index of prompt blocks with a view for each pod.
 * Plain arrays of numbers, bounded in bytes; knows nothing of requests or routers.
 */
@NullMarked
package dev.penstock.routers.kvcache.index;

import org.jspecify.annotations.NullMarked;
