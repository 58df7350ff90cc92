package dev.penstock.bench.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The file that lists the pods, and its edits, good ones and bad ones. One thread. */
final class PodFile {
    private final Path path;
    private final List<String> models;
    private final List<String> addresses;
    private int edits;
    private int broken;

    /**
     * A file that is not written yet.
     *
     * @param addresses {@code host:port} of all engines
     */
    PodFile(Path path, List<String> models, List<String> addresses) {
        this.path = path;
        this.models = List.copyOf(models);
        this.addresses = List.copyOf(addresses);
    }

    Path path() {
        return path;
    }

    int edits() {
        return edits;
    }

    int broken() {
        return broken;
    }

    /** Lists every engine for every model. */
    void writeAll() {
        write(text(models.stream().map(model -> addresses).toList()), true);
    }

    /** Edits at random: another order, fewer endpoints or more, something broken, or what it was. */
    void edit(RandomGenerator random) {
        List<List<String>> endpoints = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            List<String> some = new ArrayList<>(addresses);
            Collections.shuffle(some, new Random(random.nextLong()));
            // At least two, so that an engine that is away leaves another one.
            endpoints.add(some.subList(0, 2 + random.nextInt(some.size() - 1)));
        }
        String good = text(endpoints);
        edits++;
        switch (random.nextInt(8)) {
            case 0 -> breakWith(good.substring(0, good.length() / 2) + "[", random);
            case 1 -> breakWith(good + "\nbanana: 1\n", random);
            case 2 -> breakWith(good.replace("127.0.0.1", "127.0.0.1:port"), random);
            case 3 -> breakWith("", random);
            case 4 -> writeAll();
            default -> write(good, random.nextBoolean());
        }
    }

    private void breakWith(String text, RandomGenerator random) {
        broken++;
        write(text, random.nextBoolean());
    }

    private String text(List<List<String>> endpoints) {
        StringBuilder text = new StringBuilder("models:\n");
        for (int i = 0; i < models.size(); i++) {
            text.append("  - name: ").append(models.get(i)).append("\n    endpoints:\n")
                    .append(endpoints.get(i).stream().map(address -> "      - \"" + address + "\"\n")
                            .collect(Collectors.joining()));
        }
        return text.toString();
    }

    /** As editors do: in place, or with a file that takes the other's name. */
    private void write(String text, boolean atOnce) {
        try {
            if (atOnce) {
                Path fresh = path.resolveSibling("pods.new");
                Files.writeString(fresh, text);
                Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.writeString(path, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
