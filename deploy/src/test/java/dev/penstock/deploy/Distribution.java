package dev.penstock.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The distribution as a user unzips it, once for all tests, into a path with a blank in it. Nobody changes it. */
final class Distribution {

    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final int MOST_SECONDS = 90;

    private Distribution() {}

    /** What a command printed, and how it ended. */
    record Outcome(int status, String out, String err) {

        /** The lines of standard error. */
        List<String> errors() {
            return err.lines().toList();
        }
    }

    private static final class Unzipped {
        static final Path HOME = unzip();
    }

    /** Its top folder. */
    static Path home() {
        return Unzipped.HOME;
    }

    /** Runs a command of its launcher to the end. */
    static Outcome launch(String... arguments) throws IOException, InterruptedException {
        return launch(Map.of(), arguments);
    }

    /** The same, with further variables of the environment. */
    static Outcome launch(Map<String, String> variables, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = command(arguments);
        builder.environment().putAll(variables);
        return run(builder);
    }

    /** A command of its launcher, in an environment that says nothing of Penstock. */
    static ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(home().resolve("bin/penstock").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("PENSTOCK_")
                && !name.equals("PENSTOCK_JAVA_HOME"));
        return builder;
    }

    /** Runs a process to the end; one that does not come to it is killed. */
    static Outcome run(ProcessBuilder builder) throws IOException, InterruptedException {
        return run(builder, MOST_SECONDS);
    }

    /** The same with another patience. */
    static Outcome run(ProcessBuilder builder, int mostSeconds) throws IOException, InterruptedException {
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            if (!process.waitFor(mostSeconds, TimeUnit.SECONDS)) {
                throw new IllegalStateException(builder.command() + " does not end");
            }
            return new Outcome(process.exitValue(), out.join(), err.join());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path unzip() {
        try {
            return unzip(TARGET.resolve("black box"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Unzips it once more, for a test that changes it; its top folder. */
    static Path unzip(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> old = Files.walk(root)) {
                for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Path archive;
        try (Stream<Path> files = Files.list(TARGET)) {
            archive = files.filter(file -> file.toString().endsWith(".zip")).findFirst().orElseThrow();
        }
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = root.resolve(entry.getName()).normalize();
                if (!file.startsWith(root)) {
                    throw new IOException("outside of the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.copy(zip, file);
                }
            }
        }
        try (Stream<Path> top = Files.list(root)) {
            Path home = top.findFirst().orElseThrow();
            // The permissions of the archive are for unzip(1); Java's reader does not carry them.
            if (!home.resolve("bin/penstock").toFile().setExecutable(true)) {
                throw new IOException("cannot be made executable: " + home);
            }
            return home;
        }
    }
}
