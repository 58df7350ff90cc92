package dev.penstock.routers.pd;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the profiles in a pod's annotation say of the prompts that it takes. Immutable. */
final class PodProfiles {

    /** Of a pod that has none. */
    static final PodProfiles NONE = new PodProfiles(Map.of(), LengthBucket.ANY);

    private static final String DEFAULT = "default";

    private final Map<String, LengthBucket> byName;
    private final LengthBucket standard;

    private PodProfiles(Map<String, LengthBucket> byName, LengthBucket standard) {
        this.byName = byName;
        this.standard = standard;
    }

    /** As the document says; one that cannot be read says nothing. */
    static PodProfiles read(String document) {
        Map<String, Object> said = JsonText.object(document);
        Map<String, LengthBucket> byName = new HashMap<>();
        JsonText.map(said.get("profiles")).forEach((name, profile) ->
                byName.put(name, LengthBucket.of(JsonText.map(JsonText.map(profile).get("routingConfig")))));
        if (byName.isEmpty()) {
            return NONE;
        }
        String name = said.get("defaultProfile") instanceof String text ? text : DEFAULT;
        return new PodProfiles(byName, byName.getOrDefault(name, LengthBucket.ANY));
    }

    /** What holds for requests of a profile; without one that the pod has, what its default profile says. */
    LengthBucket of(@Nullable String profile) {
        LengthBucket named = profile == null ? null : byName.get(profile);
        return named == null ? standard : named;
    }
}
