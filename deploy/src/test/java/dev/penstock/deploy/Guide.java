package dev.penstock.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The fenced blocks of a page of the documentation that a test runs or compiles.
 *
 * @param blocks in the order of the page
 */
record Guide(List<Block> blocks) {

    private static final Pattern FENCED = Pattern.compile("(?ms)^```([a-z ]+)\\n(.*?)^```$");

    /**
     * A block.
     *
     * @param kind what stands behind the fence: {@code sh run}, {@code sh run background}, {@code java}, …
     * @param text its lines
     */
    record Block(String kind, String text) {}

    static Guide read(Path page) throws IOException {
        return new Guide(FENCED.matcher(Files.readString(page)).results()
                .map(found -> new Block(found.group(1), found.group(2))).toList());
    }

    List<Block> ofKind(String kind) {
        return blocks.stream().filter(block -> block.kind().startsWith(kind)).toList();
    }
}
