package dev.penstock.server.main;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "new", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = "Writes a Maven project with a router that works and its tests: build it, then make it yours.",
        footer = {"", "Example:", "  penstock plugin new my-router --dir ~/src"})
final class PluginNewCommand implements Callable<Integer> {

    private static final Pattern PLAIN = Pattern.compile("[\\w./~+-]+");

    @Parameters(paramLabel = "NAME", description = "Name of the strategy and of the project, for example my-router.")
    private String name = "";

    @Option(names = {"-d", "--dir"}, paramLabel = "DIR",
            description = "Where the directory of the project is made (default: here).")
    private Path parent = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Path home = home();
        Path directory = parent.resolve(name);
        new PluginProject(home.resolve("sdk"), BuildInfo.version()).create(name, directory);
        PrintWriter out = spec.commandLine().getOut();
        out.println("made " + directory.toAbsolutePath() + ": a plugin with the strategy " + name + ". Next:");
        out.println();
        out.println("  cd " + quoted(directory) + " && mvn package");
        out.println("  cp target/" + name + ".jar " + quoted(home.resolve("plugins")) + "/");
        return 0;
    }

    /** The distribution that this process runs from. */
    static Path home() {
        String home = System.getProperty("penstock.home");
        if (home == null || !Files.isDirectory(Path.of(home, "sdk"))) {
            throw new IllegalStateException("there is no SDK in " + (home == null ? "this installation" : home)
                    + ": use bin/penstock of the unzipped distribution");
        }
        return Path.of(home);
    }

    private static String quoted(Path path) {
        String text = path.toString();
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
