package dev.penstock.core.testing;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of an attempt.
 *
 * @param attempt the attempt, to be ended with {@link RoutingAttempt#ended} where it has an endpoint
 * @param pod name of the pod that was chosen, or null
 * @param address its address, or null
 * @param error why nothing was chosen, or null
 * @param fallbackReason why the fallback chose, or null where the strategy did
 * @param headers headers for the client's answer
 */
public record Outcome(RoutingAttempt attempt, @Nullable String pod, @Nullable String address,
        @Nullable ErrorCode error, @Nullable String fallbackReason, Map<String, String> headers) {

    static Outcome of(RoutingAttempt attempt) {
        Plan plan = attempt.plan();
        Map<String, String> headers = new LinkedHashMap<>();
        List<String> pairs = attempt.responseHeaders();
        for (int i = 0; i < pairs.size(); i += 2) {
            headers.put(pairs.get(i), pairs.get(i + 1));
        }
        return new Outcome(attempt, plan == null ? null : plan.endpoint().name(),
                plan == null ? null : plan.endpoint().address(), attempt.error(), attempt.fallbackReason(), headers);
    }
}
