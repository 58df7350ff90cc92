package dev.penstock.server.main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;

/**
 * A new plugin project: the sample that is delivered with the SDK, under another name. The sample builds as it is, so
 * what is written builds as well.
 */
final class PluginProject {

    private static final String SAMPLE_NAME = "label-weighted";
    private static final String SAMPLE_CLASS = "LabelWeighted";
    private static final String SAMPLE_PACKAGE = "org.example.labelweighted";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final int LONGEST = 63;
    private static final String SUFFIX = "-router";

    private final Path sdk;
    private final @Nullable String version;

    /**
     * Projects that are built with an SDK.
     *
     * @param sdk its directory, with the sample in {@code template}
     * @param version of Penstock, or null for the one that the sample names
     */
    PluginProject(Path sdk, @Nullable String version) {
        this.sdk = sdk;
        this.version = version;
    }

    /**
     * Writes a project.
     *
     * @param name name of the strategy
     * @param directory where to; must not exist
     * @throws IllegalArgumentException where the name cannot be one, or the directory exists
     */
    void create(String name, Path directory) throws IOException {
        check(name);
        if (Files.exists(directory)) {
            throw new IllegalArgumentException(directory + " exists already");
        }
        Path template = sdk.resolve("template");
        List<Path> files;
        try (Stream<Path> walk = Files.walk(template)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            Path target = directory.resolve(renamed(template.relativize(file).toString(), name));
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            Files.writeString(target, atHome(renamed(Files.readString(file), name)));
        }
    }

    private static void check(String name) {
        if (!NAME.matcher(name).matches() || name.length() > LONGEST) {
            throw new IllegalArgumentException("name: " + name
                    + " (expected: lower case letters, digits and dashes, at most " + LONGEST + ", a letter first)");
        }
        // Its provider would be a RouterProvider beside the one of the SPI.
        if (classOf(name).equals("Router") || !SourceVersion.isName(packageOf(name))) {
            throw new IllegalArgumentException("name: " + name + " (expected: no name of Java or the SPI)");
        }
    }

    private static String renamed(String text, String name) {
        return text.replace(SAMPLE_PACKAGE, packageOf(name))
                .replace(SAMPLE_PACKAGE.replace('.', '/'), packageOf(name).replace('.', '/'))
                .replace(SAMPLE_CLASS, classOf(name))
                .replace(SAMPLE_NAME, name);
    }

    private String atHome(String text) {
        String here = replaced(text, "penstock.sdk", sdk.toAbsolutePath().toUri().toString());
        return version == null ? here : replaced(here, "penstock.version", version);
    }

    private static String replaced(String text, String property, String value) {
        return text.replaceFirst("<" + property + ">[^<]*</" + property + ">",
                Matcher.quoteReplacement("<" + property + ">" + value + "</" + property + ">"));
    }

    private static String packageOf(String name) {
        return "org.example." + name.replace("-", "");
    }

    /** What the names of its classes begin with: {@code my-router} has a {@code MyRouter}, no MyRouterRouter. */
    private static String classOf(String name) {
        String base = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        StringBuilder camel = new StringBuilder();
        for (String part : base.split("-", -1)) {
            camel.append(Character.toUpperCase(part.charAt(0))).append(part, 1, part.length());
        }
        return camel.toString();
    }
}
