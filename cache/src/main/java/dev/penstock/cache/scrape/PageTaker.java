package dev.penstock.cache.scrape;

import org.jspecify.annotations.Nullable;

/** What becomes of the answers of a {@link Poll}. Confined to {@code lb-scrape}. */
interface PageTaker extends AnswerReader.Body {

    /** An answer will be asked for, or none any more: nothing of what was taken counts. */
    void begin();

    /** Why {@link #take} wants no more, or null. */
    @Nullable Refusal refusal();

    /**
     * The answer has come to its end.
     *
     * @param answer what its head said
     * @param askedNanos when it was asked for
     * @return why it is of no use, or null
     */
    @Nullable Refusal end(AnswerReader answer, long askedNanos);

    /** There is, for now, no answer of use; nothing of what was taken counts. */
    void refused(Refusal refusal);
}
