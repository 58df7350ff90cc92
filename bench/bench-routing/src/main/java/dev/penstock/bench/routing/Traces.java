package dev.penstock.bench.routing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads traces: lines of JSON as the Mooncake release has them, or CSV as the Azure trace is. Where the name ends with
 * {@code .gz}, compressed. Holds no state.
 */
final class Traces {

    /** Round robin offers the fleet of the simulation as much as it can do at this times the trace's own speed. */
    private static final double CONVERSATION_SATURATION = 1.668;
    private static final long BUCKET_NANOS = 3_000_000_000L;
    private static final String CONVERSATION = "mooncake_conversation_trace.jsonl.gz";
    private static final String AZURE = "azure_llm_2023_conv.csv.gz";

    private Traces() {}

    /** The Mooncake conversation trace as it is: its times are steps of three seconds. */
    static Trace conversation() throws IOException {
        return new Trace("conv", resource(CONVERSATION), CONVERSATION_SATURATION);
    }

    /** The same, each step spread evenly. */
    static Trace spread(Trace conversation) {
        return conversation.spread(conversation.name() + "-spread", BUCKET_NANOS);
    }

    /** The Azure conversation trace, in which no prompt shares anything with another. */
    static Trace azure(FleetModel model) throws IOException {
        return withoutSharing("azure", resource(AZURE), model);
    }

    /**
     * A trace in a file.
     *
     * @throws IOException where it cannot be read; the message names the line
     */
    static Trace read(Path file, FleetModel model) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!Files.isRegularFile(file)) {
            throw new FileNotFoundException("no file " + file);
        }
        try (InputStream in = Files.newInputStream(file)) {
            return withoutSharing(name, requests(name, in), model);
        }
    }

    // Exact where nothing is shared; where prompts share, round robin finds some of it, and saturates a little later.
    private static Trace withoutSharing(String name, List<Trace.Request> requests, FleetModel model) {
        double tokens = requests.stream().mapToLong(Trace.Request::inputTokens).sum();
        double seconds = Math.max(1, (requests.getLast().arrivalNanos() - requests.getFirst().arrivalNanos()) / 1e9);
        return new Trace(name, requests, seconds * model.tokensPerSecond() * model.pods() / tokens);
    }

    private static List<Trace.Request> resource(String name) throws IOException {
        try (InputStream in = Traces.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("no resource " + name);
            }
            return requests(name, in);
        }
    }

    private static List<Trace.Request> requests(String name, InputStream in) throws IOException {
        InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(in) : in;
        List<Trace.Request> requests = new ArrayList<>();
        Conversations conversations = new Conversations();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
            Lines parser = name.contains(".csv") ? new Csv() : new Json();
            int number = 0;
            String line;
            while ((line = lines.readLine()) != null) {
                number++;
                try {
                    Trace.Request request = line.isBlank() ? null : parser.request(line);
                    if (request != null) {
                        requests.add(request.inConversation(
                                conversations.of(request.inputTokens(), request.blocks())));
                    }
                } catch (IOException | RuntimeException e) {
                    throw new IOException(name + ", line " + number + ": " + e.getMessage(), e);
                }
            }
        }
        if (requests.isEmpty()) {
            throw new IOException(name + ": no requests in it");
        }
        return requests;
    }

    private interface Lines {
        Trace.@Nullable Request request(String line) throws IOException;
    }

    /** {@code {"timestamp": ms, "input_length": n, "output_length": n, "hash_ids": [...]}}. */
    private static final class Json implements Lines {

        private final JsonFactory factory = new JsonFactory();

        @Override
        public Trace.Request request(String line) throws IOException {
            long timestamp = -1;
            int input = -1;
            int output = -1;
            int[] blocks = {};
            try (JsonParser json = factory.createParser(line)) {
                json.nextToken();
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String field = json.currentName();
                    json.nextToken();
                    switch (field) {
                        case "timestamp" -> timestamp = json.getLongValue();
                        case "input_length" -> input = json.getIntValue();
                        case "output_length" -> output = json.getIntValue();
                        case "hash_ids" -> blocks = numbers(json);
                        default -> json.skipChildren();
                    }
                }
            }
            if (timestamp < 0 || input < 0 || output < 0) {
                throw new IOException("expected: timestamp, input_length, output_length");
            }
            return Trace.Request.of(timestamp * 1_000_000, Math.max(1, input), output, blocks);
        }

        private static int[] numbers(JsonParser json) throws IOException {
            int[] numbers = new int[64];
            int count = 0;
            while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                if (count == numbers.length) {
                    numbers = Arrays.copyOf(numbers, 2 * count);
                }
                numbers[count++] = json.getIntValue();
            }
            return Arrays.copyOf(numbers, count);
        }
    }

    /** {@code TIMESTAMP,ContextTokens,GeneratedTokens}, after a line that says so. */
    private static final class Csv implements Lines {

        private @Nullable LocalDateTime first;
        private int nextBlock;

        @Override
        public Trace.@Nullable Request request(String line) {
            if (!Character.isDigit(line.charAt(0))) {
                return null;
            }
            List<String> cells = Arrays.asList(line.split(",", -1));
            LocalDateTime at = LocalDateTime.parse(cells.get(0).replace(' ', 'T'));
            LocalDateTime begin = first == null ? at : first;
            first = begin;
            int input = Math.max(1, Integer.parseInt(cells.get(1)));
            int[] blocks = new int[(input + Trace.BLOCK_TOKENS - 1) / Trace.BLOCK_TOKENS];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = nextBlock++;
            }
            return Trace.Request.of(ChronoUnit.NANOS.between(begin, at), input, Integer.parseInt(cells.get(2)), blocks);
        }
    }
}
