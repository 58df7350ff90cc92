package dev.penstock.cache.limits;

import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.ApiKey;
import dev.penstock.spi.Api;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Requests that tests ask about, and the answers. */
final class Asked {

    private Asked() {}

    static Admission.Request of(@Nullable String user, long tokens, long deadlineNanos) {
        return new Admission.Request("id", Api.CHAT_COMPLETIONS, "m", null, user, null, null, tokens, deadlineNanos);
    }

    static Admission.Request of(ApiKey key) {
        return new Admission.Request("id", Api.CHAT_COMPLETIONS, "m", null, key.user(), null, key, 0, Long.MAX_VALUE);
    }

    static Admission.Request of(String model, ModelRate rate) {
        return new Admission.Request("id", Api.CHAT_COMPLETIONS, model, rate, null, null, null, 0, Long.MAX_VALUE);
    }

    /** Asks, and waits for the answer. */
    static Admission.Decision answer(Admission limits, Admission.Request request) {
        CompletableFuture<Admission.Decision> answer = new CompletableFuture<>();
        limits.admit(request, answer::complete);
        try {
            return answer.get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }
}
