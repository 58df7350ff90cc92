package dev.penstock.bench.soak;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.bench.sim.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Says how a request ended, and whether that has a cause: an error or a broken answer must come of what the engine was
 * asked to do wrong, or of an outage in its time. Holds no state but the outages; any thread.
 */
final class Judge {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String USAGE_CHUNK = "\"choices\":[],\"usage\":";

    private final Outages outages;

    Judge(Outages outages) {
        this.outages = outages;
    }

    /**
     * Judges an answer.
     *
     * @param begun when the client sent the first byte, by {@link System#nanoTime}
     * @param ended when the answer ended
     */
    Verdict judge(Call call, Answer answer, long begun, long ended) {
        return switch (answer.ending()) {
            case SILENT -> Verdict.unexplained("nothing more came");
            case MALFORMED -> Verdict.unexplained("malformed: " + answer.detail());
            case CLOSED_EARLY, RESET -> cutShort(call, answer, begun, ended);
            case COMPLETE -> complete(call, answer, begun, ended);
        };
    }

    private Verdict cutShort(Call call, Answer answer, long begun, long ended) {
        String how = answer.ending() == Answer.Ending.RESET ? "reset" : "closed";
        // What a reset takes away from the reader may be all that came.
        boolean begunUnseen = call.wanted().http10() && answer.ending() == Answer.Ending.RESET;
        if (answer.status() == 0 && !begunUnseen) {
            return Verdict.unexplained(how + " before the head was whole");
        }
        if (answer.status() != 200 && answer.status() != 0) {
            return Verdict.unexplained(how + " in the middle of an error");
        }
        Fault fault = call.wanted().fault();
        String engine = answer.header("x-sim-engine");
        if (fault != null && Explanations.breaksAnswer(fault)) {
            return new Verdict(End.BROKEN, "fault");
        }
        if (engine == null ? outages.any(begun, ended) : outages.of(engine, begun, ended)) {
            return new Verdict(End.BROKEN, "outage");
        }
        return Verdict.unexplained(how + " in the middle of an answer");
    }

    private Verdict complete(Call call, Answer answer, long begun, long ended) {
        if (answer.status() != 200) {
            return error(call, answer, begun, ended);
        }
        if (!call.wanted().errors().isEmpty()) {
            return Verdict.unexplained("200 instead of " + call.wanted().errors());
        }
        return call.wanted().streamed() ? stream(call, answer) : plain(call, answer);
    }

    // ---- errors

    private Verdict error(Call call, Answer answer, long begun, long ended) {
        int status = answer.status();
        if (!tellsError(call, answer.body())) {
            return Verdict.unexplained("status " + status + " without an error's body");
        }
        if (!call.wanted().errors().isEmpty()) {
            return call.wanted().errors().contains(status) ? new Verdict(End.ERROR, "request")
                    : Verdict.unexplained("status " + status + " instead of " + call.wanted().errors());
        }
        Fault fault = call.wanted().fault();
        if (fault != null && Explanations.causesStatus(fault, status)) {
            return new Verdict(End.ERROR, "fault");
        }
        if ((status == 502 || status == 503) && outages.any(begun, ended)) {
            return new Verdict(End.ERROR, "outage");
        }
        return Verdict.unexplained("status " + status + " without a cause");
    }

    private static boolean tellsError(Call call, byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            JsonNode error = json.path("error");
            boolean shape = !call.wanted().messages() || json.path("type").asText().equals("error");
            return shape && !error.path("message").asText().isEmpty() && !error.path("type").asText().isEmpty();
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- whole answers

    private static Verdict plain(Call call, Answer answer) {
        if (answer.eventStream()) {
            return Verdict.unexplained("a stream that nobody asked for");
        }
        // The engine announced less than it sent, and that is what there is.
        if (call.wanted().fault() instanceof Fault.LengthTooShort) {
            return Verdict.of(End.WHOLE);
        }
        try {
            return JSON.readTree(answer.body()).isObject() ? Verdict.of(End.WHOLE)
                    : Verdict.unexplained("no JSON object");
        } catch (JsonProcessingException e) {
            return Verdict.unexplained("not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Verdict stream(Call call, Answer answer) {
        Call.Wanted wanted = call.wanted();
        if (!answer.eventStream()) {
            return Verdict.unexplained("no stream");
        }
        String text = answer.text();
        if (text.contains("data: {\"error\":") || text.contains("event: error\n")) {
            return wanted.fault() instanceof Fault.StreamError ? new Verdict(End.ERROR, "fault")
                    : Verdict.unexplained("an error event behind which the stream ends as if it were whole");
        }
        if (!text.endsWith(wanted.form().tail())
                || (wanted.form() == Call.Form.RESPONSES && !text.contains("\nevent: response.completed\n")
                && !text.contains("\nevent: response.incomplete\n"))) {
            return Verdict.unexplained("a stream without its last event");
        }
        int events = count(text, "data: ");
        if (events != wanted.events()) {
            return Verdict.unexplained(events + " events instead of " + wanted.events());
        }
        if (wanted.form() == Call.Form.OPENAI && text.contains(USAGE_CHUNK) != wanted.usage()) {
            return Verdict.unexplained(wanted.usage() ? "no usage" : "usage that nobody asked for");
        }
        return Verdict.of(End.WHOLE);
    }

    private static int count(String text, String lineStart) {
        int count = text.startsWith(lineStart) ? 1 : 0;
        String inside = "\n" + lineStart;
        for (int at = text.indexOf(inside); at >= 0; at = text.indexOf(inside, at + 1)) {
            count++;
        }
        return count;
    }
}
