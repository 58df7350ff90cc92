package dev.penstock.server.main;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The traces as lines for a person. */
final class TraceTable {

    private static final double STEPS_PER_DOUBLING = 10;
    private static final String FORMAT = "%-20s  %-28s  %8s  %8s  %8s  %12s  %12s%n";

    /** One model in one window. */
    private static final class Line {
        private final Map<Integer, Long> prompts = new TreeMap<>();
        private final Map<Integer, Long> completions = new TreeMap<>();
        private long began;
        private long pending;
        private long ended;

        void read(String key, long value) {
            int colon = key.indexOf(':');
            if (colon >= 0) {
                ended += value;
                prompts.merge(Integer.parseInt(key.substring(0, colon)), value, Long::sum);
                completions.merge(Integer.parseInt(key.substring(colon + 1)), value, Long::sum);
            } else if (key.equals("meta_total_reqs")) {
                began = value;
            } else if (key.equals("meta_pending_reqs")) {
                pending = value;
            }
        }

        String text(String time, String model) {
            return FORMAT.formatted(time, model, began, pending, ended, median(prompts), median(completions));
        }

        private String median(Map<Integer, Long> counts) {
            long rest = (ended + 1) / 2;
            for (Map.Entry<Integer, Long> each : counts.entrySet()) {
                rest -= each.getValue();
                if (rest <= 0) {
                    return "~" + Math.round(Math.pow(2, each.getKey() / STEPS_PER_DOUBLING));
                }
            }
            return "-";
        }
    }

    private TraceTable() {}

    /**
     * The lines, with a heading.
     *
     * @throws IOException where it is not the document of {@code /admin/traces}
     */
    static String of(String document) throws IOException {
        List<String> lines = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(document)) {
            expect(json.nextToken(), JsonToken.START_OBJECT, json);
            json.nextToken();
            expect(json.nextToken(), JsonToken.START_ARRAY, json);
            while (json.nextToken() == JsonToken.START_OBJECT) {
                window(json, lines);
            }
        } catch (NumberFormatException e) {
            throw new IOException(e.getMessage(), e);
        }
        return lines.isEmpty() ? "no traces yet: windows are ten seconds long" + System.lineSeparator()
                : FORMAT.formatted("WINDOW ENDED", "MODEL", "BEGAN", "PENDING", "ENDED", "PROMPT", "COMPLETION")
                        + String.join("", lines);
    }

    private static void window(JsonParser json, List<String> lines) throws IOException {
        String time = "";
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("time")) {
                time = json.getText();
            } else if (name.equals("models")) {
                models(json, time, lines);
            }
        }
    }

    private static void models(JsonParser json, String time, List<String> lines) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String model = json.currentName();
            expect(json.nextToken(), JsonToken.START_OBJECT, json);
            Line line = new Line();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                json.nextToken();
                line.read(key, json.getLongValue());
            }
            lines.add(line.text(time, model));
        }
    }

    private static void expect(JsonToken found, JsonToken wanted, JsonParser json) throws IOException {
        if (found != wanted) {
            throw new IOException("expected " + wanted + " at " + json.currentLocation().offsetDescription());
        }
    }
}
