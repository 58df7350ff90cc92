package dev.penstock.server.main;

import dev.penstock.server.Metadata;
import dev.penstock.server.Penstock;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "metadata", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Runs the metadata service until it is told to stop (Ctrl-C or SIGTERM): models, pods, users over HTTP.",
            "It knows the fleet as serve would with the same configuration, and carries no traffic."},
        footer = {"",
            "  GET  /v1/models, /v1/models/NAME, /v1/models/NAME/pods",
            "  GET  /v1/pods, /v1/pods/NAMESPACE/NAME",
            "  POST /CreateUser, /ReadUser, /UpdateUser, /DeleteUser  {\"name\": \"ann\", \"rpm\": 60, \"tpm\": 10000}",
            "  GET  /healthz, /readyz, /metrics, /admin/config",
            "", "Examples:",
            "  penstock metadata --config penstock.yaml",
            "  penstock metadata --config penstock.yaml --port 0 --set users.file=/var/lib/penstock/users.json",
            "  curl localhost:8090/v1/models/llama-3-8b/pods"})
final class MetadataCommand implements Callable<Integer> {

    @Mixin
    private FileOptions options = new FileOptions();

    @Option(names = {"-p", "--port"}, paramLabel = "PORT",
            description = "Port (setting metadata.port, default 8090); 0 takes a free one.")
    private @Nullable String port;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Penstock.Builder builder = options.builder();
        if (port != null) {
            builder.setting("metadata.port", port, "--port");
        }
        Metadata metadata = builder.startMetadata();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            SecondSignal.endsAtOnce(PenstockMain::halt);
            metadata.close();
            stopped.countDown();
        }, "lb-shutdown"));
        PrintWriter out = spec.commandLine().getOut();
        out.println("penstock: metadata http://localhost:" + metadata.port() + "/v1/models");
        out.flush();
        stopped.await();
        return 0;
    }
}
