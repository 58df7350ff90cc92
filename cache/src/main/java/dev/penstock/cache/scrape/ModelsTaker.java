package dev.penstock.cache.scrape;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells which adapters an engine lists, when they have changed. Confined to {@code lb-scrape}. */
final class ModelsTaker implements PageTaker {

    private static final int LONGEST = 1 << 20;

    private final Predicate<Set<String>> told;
    private ByteArrayOutputStream text = new ByteArrayOutputStream(0);
    private Set<String> last = Set.of();

    /**
     * A taker.
     *
     * @param told takes the names; false where they have to be told again later
     */
    ModelsTaker(Predicate<Set<String>> told) {
        this.told = told;
    }

    @Override
    public void begin() {
        text = new ByteArrayOutputStream(0);
    }

    @Override
    public boolean take(byte[] bytes, int from, int to) {
        text.write(bytes, from, Math.min(to - from, LONGEST + 1 - text.size()));
        return text.size() <= LONGEST;
    }

    @Override
    public @Nullable Refusal refusal() {
        return new Refusal(Refusal.Reason.TOO_LARGE, "a list of models of more than " + LONGEST + " bytes");
    }

    @Override
    public @Nullable Refusal end(AnswerReader answer, long askedNanos) {
        Set<String> adapters = ModelList.adapters(text.toString(StandardCharsets.UTF_8));
        begin();
        if (adapters == null) {
            return new Refusal(Refusal.Reason.MALFORMED, "no list of models");
        }
        if (!adapters.equals(last) && told.test(adapters)) {
            last = adapters;
        }
        return null;
    }

    @Override
    public void refused(Refusal refusal) {
        // What was listed last holds: an engine that is slow has not lost its adapters.
        begin();
    }
}
