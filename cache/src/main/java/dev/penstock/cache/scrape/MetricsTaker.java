package dev.penstock.cache.scrape;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes gauges of the metrics pages of one endpoint. Confined to {@code lb-scrape}. */
final class MetricsTaker implements PageTaker {

    /** Who hears of it. */
    interface Listener extends EngineFigures.Sink {

        /** A page has been read. */
        void read(long askedNanos, long bytes);

        /** There is none. */
        void refused(Refusal refusal);
    }

    private final PageReaders readers;
    private final EngineMapping mapping;
    private final EngineFigures figures;
    private final Supplier<@Nullable String> ownModel;
    private final Listener listener;
    private @Nullable PageReader reader;

    MetricsTaker(PageReaders readers, EngineMapping mapping, long windowNanos, Supplier<@Nullable String> ownModel,
            Listener listener) {
        this.readers = readers;
        this.mapping = mapping;
        this.figures = new EngineFigures(mapping, windowNanos);
        this.ownModel = ownModel;
        this.listener = listener;
    }

    @Override
    public void begin() {
        release();
    }

    @Override
    public boolean take(byte[] bytes, int from, int to) {
        PageReader mine = reader;
        if (mine == null) {
            mine = readers.take(mapping);
            reader = mine;
        }
        return mine.read(bytes, from, to);
    }

    @Override
    public @Nullable Refusal refusal() {
        return reader == null ? null : reader.refusal();
    }

    @Override
    public @Nullable Refusal end(AnswerReader answer, long askedNanos) {
        PageReader mine = reader;
        if (mine == null) {
            return new Refusal(Refusal.Reason.NOTHING_KNOWN, "the page is empty");
        }
        if (!mine.end(answer.openMetrics())) {
            return mine.refusal();
        }
        listener.read(askedNanos, mine.total());
        figures.take(mine.cells(), askedNanos, ownModel, listener);
        release();
        return null;
    }

    @Override
    public void refused(Refusal refusal) {
        release();
        listener.refused(refusal);
    }

    private void release() {
        if (reader != null) {
            readers.giveBack(reader);
            reader = null;
        }
    }
}
