package dev.penstock.server.main;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "health", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Asks a running load balancer whether it is ready, as a probe does where there is no curl.",
            "It looks where serve listens with the same options and variables. Exit status 0: ready; 1: not."})
final class HealthCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--url", paramLabel = "URL", description = "What to ask instead, for example"
            + " http://127.0.0.1:9090/healthz.")
    private @Nullable String url;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            return HealthProbe.ask(options, url);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--url: " + e.getMessage(), e);
        }
    }
}
