/**
 * Routers that know what is in the KV caches of the pods: {@code prefix-match}, {@code prefix-cache},
 * {@code prefix-cache-preble}, {@code sticky-until-saturated}, {@code cache-aware}, {@code kv-cost} and
 * {@code predicted-ttft}. What they know is kept once for each shard, by {@code prefix-match}, and lent to the others.
 */
@NullMarked
package dev.penstock.routers.kvcache;

import org.jspecify.annotations.NullMarked;
