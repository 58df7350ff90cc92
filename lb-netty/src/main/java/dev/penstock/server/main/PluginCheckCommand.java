package dev.penstock.server.main;

import dev.penstock.core.engine.Strategy;
import dev.penstock.server.plugin.Plugin;
import dev.penstock.server.plugin.PluginLoader;
import dev.penstock.server.plugin.Strategies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "check", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Loads a plugin as serve would, beside those that are installed, and says what is wrong with it.",
            "Exit status 0: it is good; 1: it is not."},
        footer = {"", "Example:", "  penstock plugin check target/my-router.jar"})
final class PluginCheckCommand implements Callable<Integer> {

    @Parameters(paramLabel = "JAR", description = "A jar, or a folder of jars.")
    private Path file = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("there is no " + file);
        }
        Plugin plugin = PluginLoader.loadOne(file);
        List<Plugin> all = new ArrayList<>(installed(plugin.name()));
        all.add(plugin);
        try {
            return report(plugin, Strategies.of(all, Strategies.Terms.DEFAULTS));
        } finally {
            all.forEach(Plugin::close);
        }
    }

    // An earlier build of the same plugin gives way to this one.
    private static List<Plugin> installed(String except) {
        String home = System.getProperty("penstock.home");
        return home == null ? List.of() : PluginLoader.load(Path.of(home, "plugins")).stream()
                .filter(plugin -> !plugin.name().equals(except)).toList();
    }

    private int report(Plugin plugin, Strategies.Result made) {
        List<String> problems = made.problems().stream()
                .filter(problem -> problem.startsWith("plugin " + plugin.name() + ":")).toList();
        problems.forEach(problem -> spec.commandLine().getErr().println("penstock: " + problem));
        String source = plugin.version().isEmpty() ? plugin.name() : plugin.name() + " " + plugin.version();
        List<String> good = made.usable().stream().filter(strategy -> strategy.source().equals(source))
                .map(PluginCheckCommand::describe).toList();
        if (problems.isEmpty()) {
            spec.commandLine().getOut().println("good: " + source + ": " + String.join("; ", good));
        }
        return problems.isEmpty() ? 0 : 1;
    }

    private static String describe(Strategy strategy) {
        List<String> settings = strategy.provider().settings().stream()
                .map(setting -> "routers." + strategy.name() + "." + setting.name() + "=" + setting.defaultValue())
                .toList();
        return (strategy.choosable() ? "strategy " : strategy.traits().kind() + " for pipelines ") + strategy.name()
                + (strategy.scores() ? ", can be part of an expression" : "")
                + (settings.isEmpty() ? "" : ", settings " + String.join(", ", settings));
    }
}
