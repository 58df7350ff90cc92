package dev.penstock.cache.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.penstock.core.model.ModelClaim;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the annotations by which a pod of a pool tells which models it has taken on. A claim that cannot be read is
 * left out, with the reason; the others stand. Pure; any thread.
 */
final class ClaimReader {

    static final String PREFIX = "modelclaim.aibrix.ai/";

    private static final int LONGEST = 4096;
    private static final int MOST = 256;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxStringLength(LONGEST).build())
            .build();

    private ClaimReader() {}

    /**
     * Reads all claims of a pod, in the order of their names.
     *
     * @param annotations annotations of the pod
     * @param taken ports that serve the pod's own model
     * @param problems where to put what is refused
     */
    static List<ModelClaim> read(Map<String, String> annotations, List<Integer> taken, List<String> problems) {
        List<ModelClaim> claims = new ArrayList<>();
        Set<Integer> ports = new HashSet<>(taken);
        new TreeMap<>(annotations).forEach((annotation, text) -> {
            if (!annotation.startsWith(PREFIX)) {
                return;
            }
            try {
                ModelClaim claim = claim(annotation.substring(PREFIX.length()), text);
                if (claims.size() == MOST) {
                    throw new IllegalArgumentException("expected: at most " + MOST + " claims of a pod");
                }
                if (claim.port() > 0 && !ports.add(claim.port())) {
                    throw new IllegalArgumentException("port " + claim.port() + " serves another model of the pod");
                }
                claims.add(claim);
            } catch (IllegalArgumentException e) {
                problems.add("annotation " + PodReader.quoted(annotation) + ": " + e.getMessage());
            }
        });
        return claims;
    }

    private static ModelClaim claim(String name, String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("longer than " + LONGEST + " characters");
        }
        Fields fields;
        try {
            fields = fields(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("expected: {\"model\": ..., \"port\": ..., \"state\": ...}, not "
                    + PodReader.quoted(text), e);
        }
        if (fields.model == null) {
            throw new IllegalArgumentException("expected: a text \"model\"");
        }
        String problem = PodReader.problemOfName(fields.model);
        if (problem != null) {
            throw new IllegalArgumentException("\"model\": " + problem);
        }
        if (fields.port < 0 || fields.port > 65_535) {
            throw new IllegalArgumentException("\"port\": expected: 0 to 65535");
        }
        return new ModelClaim(name, fields.model, (int) fields.port, state(fields.state, fields.port > 0));
    }

    /** The port decides whether it is served; earlier versions of AIBrix tell nothing else. */
    private static ModelClaim.State state(@Nullable String said, boolean served) {
        ModelClaim.State state = switch (said) {
            case null -> served ? ModelClaim.State.ACTIVE : ModelClaim.State.ACTIVATING;
            case "" -> served ? ModelClaim.State.ACTIVE : ModelClaim.State.ACTIVATING;
            case "active" -> ModelClaim.State.ACTIVE;
            case "activating" -> ModelClaim.State.ACTIVATING;
            case "sleeping" -> ModelClaim.State.SLEEPING;
            case "failed" -> ModelClaim.State.FAILED;
            default -> throw new IllegalArgumentException(
                    "\"state\": expected: active, activating, sleeping or failed, not " + PodReader.quoted(said));
        };
        if (served) {
            return ModelClaim.State.ACTIVE;
        }
        // Active, but without a port: the engine is there and does not answer yet.
        return state == ModelClaim.State.ACTIVE ? ModelClaim.State.ACTIVATING : state;
    }

    /** What the JSON says. */
    private static final class Fields {
        @Nullable String model;
        @Nullable String state;
        long port;
    }

    private static Fields fields(String text) throws IOException {
        Fields fields = new Fields();
        try (JsonParser parser = JSON.createParser(text)) {
            require(parser.nextToken() == JsonToken.START_OBJECT);
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (field) {
                    case "model" -> {
                        require(value == JsonToken.VALUE_STRING);
                        fields.model = parser.getText();
                    }
                    case "state" -> {
                        require(value == JsonToken.VALUE_STRING);
                        fields.state = parser.getText();
                    }
                    case "port" -> {
                        require(value == JsonToken.VALUE_NUMBER_INT);
                        fields.port = parser.getLongValue();
                    }
                    // What later versions add is none of ours.
                    default -> parser.skipChildren();
                }
            }
            require(parser.nextToken() == null);
        }
        return fields;
    }

    private static void require(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("not a claim");
        }
    }
}
