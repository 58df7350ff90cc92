package dev.penstock.bench.routing;

import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Axis;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Table;
import dev.penstock.testkit.FakeFleet;
import java.util.Arrays;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The GPU profile of a simulated pod: what would be measured of it, with prompts of which nothing is cached, where its
 * prefill is busy nine tenths of the time, or its batch or its KV cache is full. Worked out, not run. Holds no state.
 */
final class PodProfile {

    private static final double PREFILL_BUSY = 0.9;
    private static final Axis OUTPUTS = powersOfTwo(3, 11);
    private static final Axis PROMPTS = powersOfTwo(6, 17);

    private PodProfile() {}

    /** What a pod does at its best, with requests of one length; times in seconds. */
    private record Best(double requestsPerSecond, double ttft, double perToken, double e2e) {

        static Best of(FleetModel model, double outputTokens, double promptTokens) {
            double prefill = promptTokens / model.tokensPerSecond();
            double fixed = model.stepNanos() / 1e9;
            double perRequest = model.stepNanosPerRequest() / 1e9;
            double room = (double) model.blocks() * Trace.BLOCK_TOKENS / (promptTokens + outputTokens);
            double most = Math.max(1, Math.min(model.batch(), room));
            double rate = Math.min(PREFILL_BUSY / prefill, most / (outputTokens * (fixed + perRequest * most)));
            // As many decode as come while one of them does.
            double decoding = rate * outputTokens * fixed / (1 - rate * outputTokens * perRequest);
            double step = fixed + perRequest * Math.max(1, decoding);
            double busy = rate * prefill;
            // The wait before one server that takes the same time for each.
            double ttft = prefill + busy * prefill / (2 * (1 - busy)) + step;
            return new Best(rate, ttft, step, ttft + (outputTokens - 1) * step);
        }
    }

    /** The profile of the model's pods, in which a first token within {@link Outcome#GOOD_SECONDS} is in time. */
    static GpuProfile of(FleetModel model) {
        Best[][] best = new Best[OUTPUTS.size()][PROMPTS.size()];
        for (int row = 0; row < best.length; row++) {
            for (int column = 0; column < best[row].length; column++) {
                best[row][column] = Best.of(model, OUTPUTS.tokens(row), PROMPTS.tokens(column));
            }
        }
        return new GpuProfile(FakeFleet.MODEL, "", 0, 0, OUTPUTS, PROMPTS, Map.of(
                Measure.THROUGHPUT, table(best, Best::requestsPerSecond), Measure.E2E, table(best, Best::e2e),
                Measure.TTFT, table(best, Best::ttft), Measure.TPOT, table(best, Best::perToken)),
                new GpuProfile.Targets(0, 0, 0, 0, Outcome.GOOD_SECONDS, 0, 0));
    }

    private static Table table(Best[][] best, ToDoubleFunction<Best> figure) {
        return Table.of(Arrays.stream(best).map(row -> Arrays.stream(row).mapToDouble(figure).toArray())
                .toArray(double[][]::new));
    }

    private static Axis powersOfTwo(int from, int to) {
        return Axis.of(IntStream.rangeClosed(from, to).mapToDouble(power -> 1L << power).toArray());
    }
}
