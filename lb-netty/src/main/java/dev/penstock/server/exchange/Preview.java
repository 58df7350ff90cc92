package dev.penstock.server.exchange;

import dev.penstock.core.engine.Explanation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What would become of a request. */
public sealed interface Preview {

    /**
     * It would be routed.
     *
     * @param named the model that it names
     * @param model the model that it goes to: another one where its requests are split
     * @param strategy the strategy that it would be routed by
     * @param unprepared strategies that were left out, because the prompt cannot be prepared for them and for those
     *     before them at once
     * @param explanation what strategies would choose, answered
     */
    record Routed(String named, String model, String strategy, List<String> unprepared,
            Explanation explanation) implements Preview {}

    /**
     * It would be refused, or cannot be asked about.
     *
     * @param status HTTP status
     * @param code what programs read
     * @param message what people read
     * @param param what of the request it is about, or null
     */
    record Refused(int status, String code, String message, @Nullable String param) implements Preview {}
}
