package dev.penstock.server.mailbox;

import java.util.Set;

/**
 * A shard at one moment, for a person.
 *
 * @param shard its number
 * @param epoch how often it was given to another server
 * @param waiting attempts in the ring
 * @param servedOnLoop attempts that an event loop served
 * @param servedOnThread attempts that the shard's own thread served
 * @param refused attempts that found the ring full
 * @param threadOnly whether event loops do not serve it any more
 * @param quarantined strategies that did not come back, and that the fallback stands in for
 */
public record ShardStats(int shard, int epoch, int waiting, long servedOnLoop, long servedOnThread, long refused,
        boolean threadOnly, Set<String> quarantined) {}
