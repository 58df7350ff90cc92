package dev.penstock.cache;

/**
 * What a process needs of the cache. Said explicitly, never guessed: it decides what is started and kept, whatever the
 * settings say. All roles have {@code lb-cache} and their sources of the fleet.
 */
public enum CacheRole {
    /** A controller: the fleet, and nothing about requests. Files of figures and profiles are not even looked at. */
    CONTROLLER,
    /** A metadata service: the fleet, and nothing about requests, as for a controller. */
    METADATA,
    /**
     * A load balancer: the fleet, the live figures and their file, the tracker of requests, lengths of answers, pins,
     * who is ejected; GPU profiles and traces where the settings ask for them.
     */
    GATEWAY
}
