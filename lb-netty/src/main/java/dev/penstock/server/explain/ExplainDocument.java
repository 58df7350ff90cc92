package dev.penstock.server.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.core.engine.Explanation;
import dev.penstock.server.exchange.Preview;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.util.List;

/**
 * Writes what would become of a request. Nothing of the prompt is in it.
 *
 * @param json where it goes
 */
record ExplainDocument(JsonGenerator json) {

    void write(Preview.Routed routed) throws IOException {
        Explanation.Answers answers = routed.explanation().answers();
        List<Explanation.Pod> candidates = answers.pods().stream().filter(pod -> pod.whyNot() == null).toList();
        json.writeStartObject();
        json.writeStringField("model", routed.named());
        if (!routed.model().equals(routed.named())) {
            json.writeStringField("split_to", routed.model());
        }
        json.writeStringField("strategy", routed.strategy());
        json.writeNumberField("prompt_tokens", answers.promptTokens());
        json.writeArrayFieldStart("candidates");
        for (Explanation.Pod pod : candidates) {
            pod(pod);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("others");
        for (Explanation.Pod pod : answers.pods()) {
            if (pod.whyNot() != null) {
                pod(pod);
            }
        }
        json.writeEndArray();
        json.writeArrayFieldStart("strategies");
        for (Explanation.Account account : answers.accounts()) {
            account(account, candidates);
        }
        json.writeEndArray();
        strings("unprepared", routed.unprepared());
        json.writeEndObject();
    }

    private void pod(Explanation.Pod pod) throws IOException {
        json.writeStartObject();
        endpoint(pod.endpoint());
        if (pod.whyNot() != null) {
            json.writeStringField("why_not", pod.whyNot());
        }
        json.writeNumberField("in_flight", pod.inFlight());
        json.writeNumberField("pending_tokens", pod.pendingTokens());
        json.writeEndObject();
    }

    private void endpoint(PodView endpoint) throws IOException {
        json.writeStringField("pod", name(endpoint));
        json.writeStringField("address", endpoint.address());
    }

    private static String name(PodView endpoint) {
        return endpoint.namespace() + "/" + endpoint.name();
    }

    private void account(Explanation.Account account, List<Explanation.Pod> candidates) throws IOException {
        json.writeStartObject();
        json.writeStringField("strategy", account.strategy());
        PodView choice = account.choice();
        json.writeStringField("choice", choice == null ? null : name(choice));
        if (choice != null) {
            json.writeStringField("address", choice.address());
        }
        if (account.why() != null) {
            json.writeStringField("why", account.why());
        }
        json.writeBooleanField("made_for_this", account.begun());
        json.writeArrayFieldStart("pieces");
        for (Explanation.Piece piece : account.pieces()) {
            piece(piece, candidates);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("sums");
        for (int i = 0; i < account.sums().length; i++) {
            json.writeStartObject();
            endpoint(candidates.get(i).endpoint());
            number("sum", account.sums()[i]);
            json.writeEndObject();
        }
        json.writeEndArray();
        strings("notes", account.notes());
        json.writeEndObject();
    }

    private void piece(Explanation.Piece piece, List<Explanation.Pod> candidates) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", piece.name());
        switch (piece) {
            case Explanation.Filtered filter -> {
                json.writeStringField("kind", "filter");
                json.writeArrayFieldStart("left");
                for (int i = 0; i < filter.left().length; i++) {
                    if (filter.left()[i]) {
                        json.writeString(name(candidates.get(i).endpoint()));
                    }
                }
                json.writeEndArray();
            }
            case Explanation.Scored scorer -> scored(scorer, candidates);
            case Explanation.Picked picker -> json.writeStringField("kind", "picker");
        }
        if (piece.passedOver() != null) {
            json.writeStringField("passed_over", piece.passedOver());
        }
        json.writeEndObject();
    }

    private void scored(Explanation.Scored scorer, List<Explanation.Pod> candidates) throws IOException {
        json.writeStringField("kind", "scorer");
        json.writeNumberField("weight", scorer.weight());
        json.writeStringField("better", scorer.least() ? "less" : "more");
        json.writeArrayFieldStart("scores");
        for (int i = 0; i < scorer.raw().length && i < candidates.size(); i++) {
            json.writeStartObject();
            endpoint(candidates.get(i).endpoint());
            number("raw", scorer.raw()[i]);
            number("scaled", Double.isFinite(scorer.raw()[i]) ? scorer.scaled()[i] : Double.NaN);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    // JSON has no word for a number that there is not.
    private void number(String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }

    private void strings(String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
