package dev.penstock.server.main;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "trace", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Shows the traces of a running load balancer: for each ten seconds and model the requests that began,"
                + " that were pending at the end, and that ended, with the median of their tokens.",
            "It looks where serve listens with the same options and variables."},
        footer = {"", "Examples:",
            "  penstock trace --config penstock.yaml",
            "  penstock trace --admin-port 9091 --model llama-3-8b",
            "  penstock trace --json"})
final class TraceCommand implements Callable<Integer> {

    @Mixin
    private AdminCall admin = new AdminCall();

    @Option(names = "--model", paramLabel = "NAME", description = "Only this model.")
    private @Nullable String model;

    @Option(names = "--json", description = "The document as the load balancer gives it.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        AdminCall.Reply reply = admin.get("/admin/traces" + (model == null ? ""
                : "?model=" + URLEncoder.encode(model, StandardCharsets.UTF_8)));
        if (reply == null) {
            return 1;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (reply.status() != HttpURLConnection.HTTP_OK) {
            spec.commandLine().getErr().println("penstock: status " + reply.status() + ": " + reply.body().strip());
            return 1;
        }
        try {
            out.print(json ? reply.body() : TraceTable.of(reply.body()));
        } catch (IOException e) {
            spec.commandLine().getErr().println("penstock: not a document of traces: " + e.getMessage());
            return 1;
        }
        out.flush();
        return 0;
    }
}
