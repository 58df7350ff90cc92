package dev.penstock.bench.main;

import dev.penstock.bench.demo.DemoCommand;
import dev.penstock.bench.proxy.BenchCommand;
import dev.penstock.bench.sim.SimCommand;
import dev.penstock.bench.soak.SoakCommand;
import dev.penstock.core.config.InvalidSettingsException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the tools; each is a subcommand, named in the one line below. */
@Command(
        name = "penstock",
        description = "Tools around Penstock: simulated engines and what is measured with them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
                DemoCommand.class,
                SimCommand.class,
                BenchCommand.class,
                SoakCommand.class,
        })
public final class ToolsMain {

    /** Made by picocli. */
    public ToolsMain() {
    }

    /**
     * Runs a tool and ends the process with its status.
     *
     * @param arguments the tool's name and its options; see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** Returns the command line, for tests and for whoever has a process of his own. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new ToolsMain()).setCaseInsensitiveEnumValuesAllowed(true);
        // One line, not the page of help that picocli prints: it would hide the line.
        commandLine.setParameterExceptionHandler((error, arguments) -> {
            CommandLine command = error.getCommandLine();
            command.getErr().println("penstock: " + error.getMessage() + " (see "
                    + command.getCommandSpec().qualifiedName() + " --help)");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        commandLine.setExecutionExceptionHandler((error, command, result) -> {
            if (error instanceof InvalidSettingsException invalid) {
                invalid.errors().forEach(line -> command.getErr().println("penstock: " + line));
                return command.getCommandSpec().exitCodeOnExecutionException();
            }
            throw error;
        });
        return commandLine;
    }
}
