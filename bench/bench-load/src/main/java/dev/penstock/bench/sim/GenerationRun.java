package dev.penstock.bench.sim;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns the tokens of one generation into the answer of one exchange. Confined to the engine's event loop. */
final class GenerationRun implements Generation.Listener {
    private final EngineCore engine;
    private final Exchange exchange;
    private final ReplyFormat format;
    private final Consumer<String> finished;
    private @Nullable Generation generation;
    private boolean streaming;

    /**
     * Makes the run of one request.
     *
     * @param finished given the whole answer once it is complete, before its end is sent
     */
    GenerationRun(EngineCore engine, Exchange exchange, ReplyFormat format, Consumer<String> finished) {
        this.engine = engine;
        this.exchange = exchange;
        this.format = format;
        this.finished = finished;
    }

    /**
     * Queues the generation; the head of a stream is sent at once, as vLLM does.
     *
     * @param computed whether another engine has computed the prompt already
     * @throws ApiException if the engine declines; nothing has been sent then
     */
    void start(String prompt, ReplyFormat.Common common, boolean stream, boolean computed) {
        int outputTokens = common.text().tokens();
        engine.checkLength(Tokens.count(prompt), outputTokens);
        streaming = stream;
        if (stream) {
            exchange.startStream();
        }
        Generation queued = engine.newGeneration(prompt, common.model(), outputTokens, computed, this);
        generation = queued;
        exchange.onStop(() -> engine.abort(queued));
        if (!exchange.over()) {
            engine.submit(queued);
        }
    }

    @Override
    public void token(int index) {
        if (streaming) {
            if (index == 0) {
                send(format.opening(usage()));
            }
            send(format.token(index, usage()));
        }
    }

    @Override
    public void finished() {
        finished.accept(format.whole(usage()));
        if (streaming) {
            send(format.closing(usage()));
            exchange.endStream();
        } else {
            exchange.json(200, format.whole(usage()));
        }
    }

    private void send(List<String> events) {
        events.forEach(exchange::event);
    }

    private Usage usage() {
        Generation now = generation;
        return now == null ? new Usage(0, 0, 0) : new Usage(now.promptTokens, now.cachedTokens, now.produced);
    }
}
