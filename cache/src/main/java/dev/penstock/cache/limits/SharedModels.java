package dev.penstock.cache.limits;

import dev.penstock.core.model.ModelRate;
import java.util.concurrent.CompletionStage;

/** Counts what models have to do, for all processes that share a Redis. Any thread; nothing here waits. */
interface SharedModels {

    /**
     * Takes a request of a model, or nothing.
     *
     * @return fails where Redis does not answer, or not what is kept there
     */
    CompletionStage<ModelTake> take(String model, ModelRate rate);

    /** A request was not routed: nothing was taken for it. */
    void giveBack(String model, ModelRate rate, ModelTake taken);

    /** A request has ended. */
    void ended(String model, ModelTake taken);
}
