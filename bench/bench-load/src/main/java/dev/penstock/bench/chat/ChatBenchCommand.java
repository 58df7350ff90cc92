package dev.penstock.bench.chat;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench chat}: what a strategy is worth, measured through the whole proxy. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compare routing strategies over chats that share system prompts: simulated engines that really cache"
                + " prefixes, the whole load balancer in front of them, the same users for each strategy.",
            "",
            "Engines are five times as fast as the GPU of `bench routing`. Compare the order and the hit ratio: times"
                + " depend on the machine.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  penstock bench chat --quick",
            "  penstock bench chat --strategies least-request,predicted-ttft --load 120"
        })
public final class ChatBenchCommand implements Callable<Integer> {

    private static final String ROW = "%-24s %8s %8s %10s %10s %10s %8s %10s%n";

    @Option(names = "--strategies", split = ",", paramLabel = "NAME",
            defaultValue = "round-robin,least-request,prefix-cache,predicted-ttft",
            description = "Strategies, one run each. Default: ${DEFAULT-VALUE}.")
    private List<String> strategies = new ArrayList<>();

    @Option(names = "--quick", description = "10 s for each strategy instead of 40.")
    private boolean quick;

    @Option(names = "--load", paramLabel = "REQUESTS", defaultValue = "70",
            description = "Requests a second. Default: ${DEFAULT-VALUE}.")
    private double load;

    @Option(names = "--engines", paramLabel = "N", defaultValue = "4",
            description = "Simulated engines. Default: ${DEFAULT-VALUE}.")
    private int engines;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "0", hidden = true,
            description = "Seconds for each strategy instead of 40 or 10.")
    private double seconds;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Where randomness begins. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object a line; all else goes to standard error.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    /** Made by picocli. */
    public ChatBenchCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (engines < 1 || engines > 64 || !(load > 0) || load > 10_000) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--engines " + engines + ", --load " + load
                    + " (expected: 1 to 64 engines, a load above 0 and at most 10000)");
        }
        double length = seconds > 0 ? seconds : quick ? 10 : 40;
        ChatPlan plan = new ChatPlan(engines, 4_096, load, length, 4 * engines, seed);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<ChatResult> results = new ArrayList<>();
        if (!json) {
            out.printf(ROW, "strategy", "requests", "failed", "ttft mean", "ttft p50", "ttft p99", "hits", "max/mean");
        }
        for (String strategy : strategies) {
            err.println("penstock: " + strategy + ", " + Math.round(length) + " s");
            err.flush();
            ChatResult result = ChatRun.of(plan, strategy);
            results.add(result);
            out.print(json ? object(result) : row(result));
            out.flush();
        }
        if (!json && results.size() > 1) {
            out.println("By mean time to the first token, best first: " + String.join(", ", results.stream()
                    .sorted(Comparator.comparingDouble(ChatResult::meanSeconds)).map(ChatResult::strategy).toList()));
            out.flush();
        }
        return results.stream().allMatch(result -> result.failures() == 0) ? 0 : 1;
    }

    private static String row(ChatResult result) {
        return String.format(Locale.ROOT, ROW, result.strategy(), result.requests(), result.failures(),
                millis(result.meanSeconds()), millis(result.percentileSeconds(50)),
                millis(result.percentileSeconds(99)), number("%.3f", result.hitRatio()),
                number("%.2f", result.loadMaxOverMean()));
    }

    private static String object(ChatResult result) {
        return String.format(Locale.ROOT, "{\"strategy\":\"%s\",\"requests\":%d,\"failed\":%d,\"ttft_mean_s\":%s,"
                + "\"ttft_p50_s\":%s,\"ttft_p99_s\":%s,\"hit_ratio\":%s,\"load_max_over_mean\":%s}%n",
                result.strategy(), result.requests(), result.failures(), number("%.4f", result.meanSeconds()),
                number("%.4f", result.percentileSeconds(50)), number("%.4f", result.percentileSeconds(99)),
                number("%.4f", result.hitRatio()), number("%.3f", result.loadMaxOverMean()));
    }

    private static String millis(double value) {
        return number("%.1f ms", value * 1e3);
    }

    // JSON has no word for a number that there is not.
    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "null";
    }
}
