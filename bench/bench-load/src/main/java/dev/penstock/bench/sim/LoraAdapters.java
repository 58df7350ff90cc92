package dev.penstock.bench.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The LoRA adapters loaded into an engine, with vLLM's answers. Written on the engine's event loop, read from any
 * thread.
 */
final class LoraAdapters {
    private final EngineSettings.Card card;
    private volatile Map<String, String> paths = Map.of();

    LoraAdapters(EngineSettings.Card card) {
        this.card = card;
    }

    String load(String name, String path) {
        if (name.isEmpty() || path.isEmpty()) {
            throw new ApiException(400, "InvalidUserInput", "Both 'lora_name' and 'lora_path' must be provided.", null);
        }
        if (paths.containsKey(name)) {
            throw new ApiException(400, "InvalidUserInput",
                    "The lora adapter '" + name + "' has already been loaded.", null);
        }
        if (paths.size() >= card.maxLoras()) {
            throw new ApiException(400, "BadRequestError", "No room for another of at most " + card.maxLoras()
                    + " adapters.", null);
        }
        Map<String, String> more = new TreeMap<>(paths);
        more.put(name, path);
        paths = more;
        return "Success: LoRA adapter '" + name + "' added successfully.";
    }

    String unload(String name) {
        if (name.isEmpty()) {
            throw new ApiException(400, "InvalidUserInput",
                    "'lora_name' needs to be provided to unload a LoRA adapter.", null);
        }
        if (!paths.containsKey(name)) {
            throw ApiException.notFound("The lora adapter '" + name + "' cannot be found.", null);
        }
        Map<String, String> fewer = new TreeMap<>(paths);
        fewer.remove(name);
        paths = fewer;
        return "Success: LoRA adapter '" + name + "' removed successfully.";
    }

    List<String> names() {
        return List.copyOf(paths.keySet());
    }

    /** Returns how many there may be. */
    int most() {
        return card.maxLoras();
    }

    /** Returns where an adapter was loaded from, or null if the name is none. */
    @Nullable String path(String name) {
        return paths.get(name);
    }

    /** Returns every name that a request may ask for. */
    List<String> served() {
        List<String> served = new ArrayList<>(card.models());
        served.addAll(paths.keySet());
        return served;
    }

    void check(String model) {
        if (!card.models().contains(model) && !paths.containsKey(model)) {
            throw ApiException.notFound("The model `" + model + "` does not exist.", "model");
        }
    }
}
