package dev.penstock.server.main;

import dev.penstock.server.Penstock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "check", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Reads a configuration as serve would, says everything that is wrong with it, and starts nothing.",
            "Exit status 0: it is good; 1: it is not."})
final class CheckCommand implements Callable<Integer> {

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Penstock.Checked checked = options.builder().check();
        checked.problems().forEach(line -> spec.commandLine().getErr().println("penstock: " + line));
        if (checked.problems().isEmpty()) {
            spec.commandLine().getOut().println("good: " + checked.summary());
        }
        return checked.problems().isEmpty() ? 0 : 1;
    }
}
