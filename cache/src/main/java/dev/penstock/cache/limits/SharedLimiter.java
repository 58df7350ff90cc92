package dev.penstock.cache.limits;

import java.util.concurrent.CompletionStage;

/** Counts what users take, for all processes that share a Redis. Any thread; nothing here waits. */
interface SharedLimiter extends Ledger {

    /**
     * Takes a request, and tokens, or nothing of both.
     *
     * @param tokens tokens that the request may cost, roughly
     * @return fails where Redis does not answer, or not what is kept there
     */
    CompletionStage<Verdict> take(UserLimits who, long tokens);
}
