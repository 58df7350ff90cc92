package dev.penstock.cache;

/** What a process needs of the cache. Said explicitly, never guessed: it decides what is started and kept. */
public enum CacheRole {
    /** A controller: the fleet, and nothing about requests. */
    CONTROLLER,
    /** A metadata service: the fleet, and nothing about requests. */
    METADATA,
    /** A load balancer: the fleet, the live figures, the tracker of requests, and the pins. */
    GATEWAY
}
