package dev.penstock.cache.scrape;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The answer of an engine to {@code GET /v1/models}. */
final class ModelList {

    private static final int MOST_ADAPTERS = 1_024;
    private static final int LONGEST_NAME = 512;

    private ModelList() {}

    /**
     * Names of the LoRA adapters in the list: of models that name another one as what they are made of.
     *
     * @return null where it is no list of models
     */
    static @Nullable Set<String> adapters(String json) {
        if (!(JsonText.parse(json) instanceof Map<?, ?> answer) || !(answer.get("data") instanceof List<?> data)) {
            return null;
        }
        Set<Object> ids = data.stream().filter(Map.class::isInstance).map(each -> ((Map<?, ?>) each).get("id"))
                .filter(String.class::isInstance).collect(Collectors.toSet());
        Set<String> adapters = new TreeSet<>();
        for (Object each : data) {
            if (each instanceof Map<?, ?> model && model.get("id") instanceof String id && !id.isEmpty()
                    && id.length() <= LONGEST_NAME && adapters.size() < MOST_ADAPTERS && adapter(model, id, ids)) {
                adapters.add(id);
            }
        }
        return adapters;
    }

    // vLLM and SGLang name the base as parent. The root of a base model is a path, or its own name.
    private static boolean adapter(Map<?, ?> model, String id, Set<Object> ids) {
        return (model.get("parent") instanceof String parent && !parent.isEmpty() && !parent.equals(id))
                || (model.get("root") instanceof String root && !root.equals(id) && ids.contains(root));
    }
}
