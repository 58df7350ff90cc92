package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Axis;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Targets;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** {@code /admin/gpu-profiles}: which GPU profiles hold, and where each comes from. */
public final class GpuProfilesPage {

    private GpuProfilesPage() {}

    /**
     * A profile that holds.
     *
     * @param source who told it
     * @param profile the profile
     */
    public record Loaded(String source, GpuProfile profile) {}

    /**
     * The page.
     *
     * @param profiles those that hold now
     * @param errors what is wrong with their file now; the last good profiles hold
     */
    public static AdminPage of(Supplier<List<Loaded>> profiles, Supplier<List<String>> errors) {
        return new JsonPage((json, query) -> {
            json.writeStartObject();
            AdminPages.strings(json, "errors", errors.get());
            json.writeArrayFieldStart("profiles");
            for (Loaded loaded : profiles.get()) {
                write(json, loaded);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Loaded loaded) throws IOException {
        GpuProfile profile = loaded.profile();
        json.writeStartObject();
        json.writeStringField("model", profile.model());
        json.writeStringField("group", profile.group());
        json.writeStringField("source", loaded.source());
        json.writeNumberField("created", profile.created());
        json.writeNumberField("cost", profile.cost());
        axis(json, "output_tokens", profile.outputs());
        axis(json, "prompt_tokens", profile.prompts());
        json.writeArrayFieldStart("measured");
        for (Measure measure : Measure.values()) {
            if (profile.has(measure)) {
                json.writeString(measure.key());
            }
        }
        json.writeEndArray();
        json.writeBooleanField("tells_load", profile.tellsConsumption());
        targets(json, profile.targets());
        json.writeEndObject();
    }

    private static void axis(JsonGenerator json, String name, Axis axis) throws IOException {
        json.writeArrayFieldStart(name);
        for (int i = 0; i < axis.size(); i++) {
            json.writeNumber(axis.tokens(i));
        }
        json.writeEndArray();
    }

    private static void targets(JsonGenerator json, Targets targets) throws IOException {
        json.writeObjectFieldStart("slos");
        json.writeNumberField("percentile", targets.percentile());
        json.writeNumberField("tput", targets.throughput());
        json.writeNumberField("tt", targets.tokenThroughput());
        json.writeNumberField("e2e", targets.e2e());
        json.writeNumberField("ttft", targets.ttft());
        json.writeNumberField("tpat", targets.perToken());
        json.writeNumberField("tpot", targets.tpot());
        json.writeEndObject();
    }
}
