package dev.penstock.server.main;

import dev.penstock.core.config.InvalidSettingsException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What {@code penstock} can do of the product itself; the tools around it have a main class of their own. */
@Command(name = "penstock", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        subcommands = {ServeCommand.class, CheckCommand.class, HealthCommand.class, StatCommand.class,
            TraceCommand.class, KeysCommand.class, MetadataCommand.class, PluginCommand.class, VersionCommand.class},
        header = "An L7 load balancer for fleets of LLM inference engines.",
        description = {"",
            "Takes OpenAI and Anthropic calls, lets a router choose the pod, relays the stream.", ""},
        footer = {"", "Examples:",
            "  penstock serve --config penstock.yaml",
            "  penstock check --config penstock.yaml",
            "  curl localhost:8080/v1/models",
            "", "A configuration that is enough:",
            "  models:",
            "    - name: llama-3-8b",
            "      endpoints: [10.0.0.1:8000, 10.0.0.2:8000]"})
public final class PenstockMain {

    private PenstockMain() {}

    /** Runs a command; exit status 0, 1 where it failed, 2 where it was called wrongly. */
    public static void main(String[] args) {
        // By name: its superclass looks for the property when it is initialized.
        System.setProperty("java.util.logging.manager", LastingLog.class.getName());
        LogFormat.install();
        Callable<Integer> plain = Shortcut.of(args);
        System.exit(plain == null ? commandLine().execute(args) : run(plain));
    }

    private static int run(Callable<Integer> plain) {
        try {
            return plain.call();
        } catch (Exception e) {
            return failed(e, System.err::println);
        }
    }

    /** Ends the process without letting anything end before. */
    static void halt(int status) {
        Runtime.getRuntime().halt(status);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new PenstockMain());
        commandLine.setExecutionExceptionHandler((error, command, result) -> failed(error, command.getErr()::println));
        // One line, not the page of help that picocli prints: it would hide the line.
        commandLine.setParameterExceptionHandler((error, arguments) -> {
            CommandLine command = error.getCommandLine();
            command.getErr().println("penstock: " + error.getMessage() + suggestions(error) + " (see "
                    + command.getCommandSpec().qualifiedName() + " --help)");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        return commandLine;
    }

    private static int failed(Exception error, Consumer<String> err) {
        if (error instanceof InvalidSettingsException invalid) {
            invalid.errors().forEach(line -> err.accept("penstock: " + line));
        } else {
            err.accept("penstock: " + describe(error));
        }
        return 1;
    }

    private static String suggestions(ParameterException error) {
        List<String> meant = error instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions()
                : List.of();
        return meant.isEmpty() ? "" : " (did you mean " + String.join(" or ", meant) + "?)";
    }

    private static String describe(Throwable error) {
        String message = error.getMessage();
        return message == null ? error.toString() : message;
    }
}
