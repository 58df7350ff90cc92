package dev.penstock.bench.sim;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code sim}: simulated engines in a process of their own, until it is told to end. */
@Command(
        name = "sim",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpWidth = 120,
        description = {
            "Simulated LLM engines: they speak what vLLM speaks, take the time a GPU would take, keep a prefix cache, "
                    + "and fail on demand.",
            ""},
        footer = {
            "",
            "Faults (--fault, or the header x-sim-fault with --fault-header): a list, each with a share of the "
                    + "requests or, without one, for all of them:",
            "  refuse[=MS]           close the port for a while          die[=MS]         reset all, come back later",
            "  hang                  never answer                        hang-after-head",
            "  reset                 RST before the first byte           reset-after=BYTES",
            "  reset-mid-body        RST in the middle                   close-mid-body   FIN in the middle",
            "  length-long           announce more than is sent          length-short",
            "  bad-head              no HTTP at all                      slow-head[=MS]   line by line",
            "  trickle[=MS]          byte by byte                        delay[=MS]       answer later",
            "  status=CODE[:RETRY_AFTER_S]                               stream-error     SSE error in mid-stream",
            "",
            "Examples:",
            "  three engines on free ports:            sim --count 3 --port 0 --model m",
            "  what a flaky fleet does to your proxy:  sim --fault '1%% reset-mid-body, 0.5%% status=503, 2%% trickle'",
            "  a backend for benchmarks:               sim --instant sse:64:5",
            "  prompts here, answers there:            sim --count 4 --role prefill,decode --connector nixl",
            "  talk to it:  curl -N localhost:8001/v1/chat/completions -d '{\"stream\":true,\"messages\":"
                    + "[{\"role\":\"user\",\"content\":\"hi\"}]}'"})
public final class SimCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8001",
            description = "Port of the first engine, the others follow it; 0 takes free ones (${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1",
            description = "How many engines (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1",
            description = "Address to listen on (${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--name", paramLabel = "PREFIX", defaultValue = "sim-",
            description = "What engines are called, a number following; answers begin with it (${DEFAULT-VALUE}).")
    private String name = "";

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Event loops that the engines share (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--model", paramLabel = "NAME", defaultValue = "sim-model",
            description = "Model served; give it again for further names (${DEFAULT-VALUE}).")
    private List<String> models = new ArrayList<>();

    @Option(names = "--max-model-len", paramLabel = "TOKENS", defaultValue = "32768",
            description = "Prompt and output of one request at most (${DEFAULT-VALUE}).")
    private int maxModelLen;

    @Option(names = "--output-tokens", paramLabel = "TOKENS", defaultValue = "32",
            description = "Length of an answer that max_tokens does not cut (${DEFAULT-VALUE}).")
    private int outputTokens;

    @Option(names = "--max-loras", paramLabel = "N", defaultValue = "8",
            description = "Adapters loaded at most (${DEFAULT-VALUE}).")
    private int maxLoras;

    @Option(names = "--prefill-rate", paramLabel = "TOKENS/S", defaultValue = "8000",
            description = "Uncached prompt tokens per second; 0 takes no time (${DEFAULT-VALUE}).")
    private long prefillRate;

    @Option(names = "--decode-base", paramLabel = "MS", defaultValue = "6",
            description = "Time of a decode step, whatever runs (${DEFAULT-VALUE}).")
    private double decodeBase;

    @Option(names = "--decode-per-running", paramLabel = "MS", defaultValue = "0.35",
            description = "What each running request adds to a decode step (${DEFAULT-VALUE}).")
    private double decodePerRunning;

    @Option(names = "--max-batch", paramLabel = "N", defaultValue = "256",
            description = "Requests running at most, the others wait (${DEFAULT-VALUE}).")
    private int maxBatch;

    @Option(names = "--kv-blocks", paramLabel = "N", defaultValue = "4096",
            description = "Blocks of the prefix cache (${DEFAULT-VALUE}).")
    private int kvBlocks;

    @Option(names = "--kv-block-tokens", paramLabel = "TOKENS", defaultValue = "16",
            description = "Tokens in a block (${DEFAULT-VALUE}).")
    private int kvBlockTokens;

    @Option(names = "--kv-events", paramLabel = "FORM",
            description = "Tell of the prefix cache over ZeroMQ, as array or map; see docs/kv-events.md.")
    private @Nullable KvEventForm kvEvents;

    @Option(names = "--kv-events-port", paramLabel = "PORT", defaultValue = "5557",
            description = "Port on which the first engine does; what it told is repeated on the next one, and the "
                    + "other engines follow; 0 takes free ones (${DEFAULT-VALUE}).")
    private int kvEventsPort;

    @Option(names = "--keep-alive", paramLabel = "S", defaultValue = "5",
            description = "Seconds a connection may idle; 0 for ever (${DEFAULT-VALUE}, as uvicorn).")
    private long keepAlive;

    @Option(names = "--announce-keep-alive", description = "Say so in a Keep-Alive header, which uvicorn does not.")
    private boolean announceKeepAlive;

    @Option(names = "--api-key", paramLabel = "KEY", description = "Demand this key on /v1.")
    private @Nullable String apiKey;

    @Option(names = "--instant", paramLabel = "REPLY",
            description = "Answer every POST with fixed bytes, at next to no cost: json-1k, json-16k, json:BYTES, sse "
                    + "or sse:CHUNKS:MS.")
    private @Nullable String instant;

    @Option(names = "--role", paramLabel = "ROLE", split = ",", defaultValue = "both",
            description = "What engines do, in turn where there are several: both, prefill, decode (${DEFAULT-VALUE}).")
    private List<String> roles = new ArrayList<>();

    @Option(names = "--connector", paramLabel = "NAME", defaultValue = "shfs",
            description = "How prompts are handed over: shfs, nixl, mooncake, sglang, trtllm (${DEFAULT-VALUE}).")
    private String connector = "";

    @Option(names = "--fault", paramLabel = "PLAN", description = "What goes wrong, and how often; see below.")
    private @Nullable String fault;

    @Option(names = "--fault-header", description = "Let requests ask for a fault in x-sim-fault.")
    private boolean faultHeader;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Where randomness begins (${DEFAULT-VALUE}).")
    private long seed;

    /** Made by picocli. */
    public SimCommand() {
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = spec;
        if (command == null) {
            throw new IllegalStateException("run by picocli only");
        }
        PrintWriter out = command.commandLine().getOut();
        try (SimFleet fleet = start()) {
            for (SimEngine engine : fleet.engines()) {
                out.println(engine.name() + " listening on " + engine.url());
            }
            out.flush();
            CountDownLatch ended = new CountDownLatch(1);
            Thread hook = new Thread(ended::countDown, "sim-shutdown");
            Runtime.getRuntime().addShutdownHook(hook);
            ended.await();
            return 0;
        } catch (IllegalArgumentException | IllegalStateException cannotStart) {
            throw new ParameterException(command.commandLine(), String.valueOf(cannotStart.getMessage()), cannotStart);
        }
    }

    private SimFleet start() {
        TimeModel time = new TimeModel(prefillRate, nanos(decodeBase), nanos(decodePerRunning), maxBatch);
        return SimFleet.builder().engines(count).port(port).host(host).namePrefix(name).threads(threads)
                .models(models).maxModelLen(maxModelLen).outputTokens(outputTokens).maxLoras(maxLoras)
                .time(time).kvCache(kvBlocks, kvBlockTokens).kvEvents(kvEvents, kvEventsPort)
                .keepAlive(Duration.ofSeconds(keepAlive)).announceKeepAlive(announceKeepAlive).apiKey(apiKey)
                .instant(instant == null ? null : InstantReply.parse(instant))
                .faults(fault == null ? FaultPlan.none() : FaultPlan.parse(fault)).faultHeader(faultHeader)
                .roles(roles.stream().map(EngineRole::parse).toArray(EngineRole[]::new))
                .connector(KvConnector.parse(connector)).seed(seed).start();
    }

    private static long nanos(double millis) {
        return Math.round(millis * 1e6);
    }
}
