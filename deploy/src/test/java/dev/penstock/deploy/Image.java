package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of the image, made once for all tests, without a container engine. */
final class Image {
    /** Where its build is. */
    static final Path FOLDER = Path.of("image").toAbsolutePath();
    private static final int MOST_SECONDS = 360;
    private static final String HOME = "/opt/penstock";

    private Image() {}

    private static final class Built {
        static final Path ROOT = build();
    }

    /** Holds two folders, {@code runtime} and {@code application}, which become the root of the image. */
    static Path root() {
        return Built.ROOT;
    }

    /** What is {@code /opt/penstock} in the image. */
    static Path home() {
        return root().resolve("application" + HOME);
    }

    /**
     * A command of the image as a process of this machine: its Java machine, its libraries, its cache.
     *
     * @param folder where its options are written
     */
    static ProcessBuilder command(Path folder, List<String> arguments) throws IOException {
        Path options = Files.writeString(folder.resolve("image.options"),
                Files.readString(home().resolve("conf/image.options")).replace(HOME, home().toString()));
        List<String> command = new ArrayList<>(List.of(root().resolve("runtime/opt/java/bin/java").toString(),
                "-XX:AOTMode=on", "@" + options, "dev.penstock.server.main.PenstockMain"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(home().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PENSTOCK_"));
        return builder;
    }

    private static Path build() {
        try {
            Distribution.Outcome outcome = Distribution.run(new ProcessBuilder(FOLDER.resolve("build.sh").toString(),
                    System.getProperty("java.home"), Path.of("target", "penstock").toAbsolutePath().toString()),
                    MOST_SECONDS);
            assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isZero();
            return FOLDER.resolve("target");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
