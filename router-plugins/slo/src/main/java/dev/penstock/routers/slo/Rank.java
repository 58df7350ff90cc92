package dev.penstock.routers.slo;

import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Targets;

/**
 * How late a request will be by its service level, were it sent to a group now: the time that has passed, and the time
 * that it will take, less the time that it may take. In seconds; negative while there is time. Holds no state.
 *
 * <p>By the first target that there is: time for each token, time to the first one, time for each token of prompt and
 * answer, time in all. What a client asks for comes before what the profile has.
 */
final class Rank {

    private static final double NANOS = 1e9;

    private Rank() {}

    /**
     * The rank of a request.
     *
     * @param profile of the group
     * @param now the time
     * @return NaN where there is no target, or where it was never measured
     */
    static double of(GpuProfile profile, WaitingRequest request, long now) {
        Targets targets = profile.targets();
        double firstToken = request.request().sloFirstTokenNanos() / NANOS;
        double perToken = request.request().sloPerTokenNanos() / NANOS;
        long output = request.outputTokens();
        double target;
        Measure expected = Measure.E2E;
        if (perToken > 0) {
            target = perToken * output + (firstToken > 0 ? firstToken : targets.ttft());
        } else if (firstToken > 0) {
            target = firstToken;
            expected = Measure.TTFT;
        } else if (targets.tpot() > 0) {
            // A target that nobody has measured by is none, though the formula could do without.
            target = profile.has(Measure.TPOT) ? targets.tpot() * output + targets.ttft() : Double.NaN;
        } else if (targets.ttft() > 0) {
            target = targets.ttft();
            expected = Measure.TTFT;
        } else if (targets.perToken() > 0) {
            target = targets.perToken() * (request.promptTokens() + output);
        } else {
            target = targets.e2e() > 0 ? targets.e2e() : Double.NaN;
        }
        if (!profile.has(expected)) {
            return Double.NaN;
        }
        return request.elapsedSeconds(now) + profile.value(expected, output, request.promptTokens()) - target;
    }
}
