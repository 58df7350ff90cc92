package dev.penstock.cache.scrape;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/** Reads JSON of others, within limits. Any thread. */
public final class JsonText {

    private static final int DEEPEST = 32;

    private JsonText() {}

    /**
     * Maps, lists, texts, numbers, booleans and nulls.
     *
     * @return null where it is no JSON, is nested too deeply, or is null
     */
    public static @Nullable Object parse(String text) {
        LoadSettings settings = LoadSettings.builder().setAllowRecursiveKeys(false).setMaxAliasesForCollections(0)
                .setAllowDuplicateKeys(false).setCodePointLimit(Math.max(1, text.length()))
                .setSchema(new JsonSchema()).build();
        try {
            int depth = 0;
            // Loading recurses, parsing does not.
            for (Event event : new Parse(settings).parseString(text)) {
                switch (event.getEventId()) {
                    case SequenceStart, MappingStart -> depth++;
                    case SequenceEnd, MappingEnd -> depth--;
                    default -> { }
                }
                if (depth > DEEPEST) {
                    return null;
                }
            }
            return new Load(settings).loadFromString(text);
        } catch (RuntimeException e) {
            // Beside its own exception the parser throws others, for some malformed escapes and numbers.
            return null;
        }
    }
}
