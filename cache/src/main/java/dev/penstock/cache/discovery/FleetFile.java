package dev.penstock.cache.discovery;

import dev.penstock.cache.snapshot.FleetSpec;
import java.util.List;
import java.util.Set;

/**
 * The file that lists models and their endpoints: Penstock's own form, and AIBrix's of its standalone mode, which are
 * one form here. Pure; any thread.
 */
public final class FleetFile {

    /** What else the text may hold. */
    public enum Scope {
        /** Nothing: the file lists models and that is all. */
        WHOLE,
        /** Any other key at the top: the list is a part of the main configuration file. */
        SECTION
    }

    /** What became of a text. */
    public sealed interface Result {}

    /**
     * The text is good.
     *
     * @param fleet what it says
     */
    public record Parsed(FleetSpec fleet) implements Result {}

    /**
     * The text is not good.
     *
     * @param errors all that is wrong, in the order of lines; never empty
     */
    public record Refused(List<FileError> errors) implements Result {

        /** Copies the list. */
        public Refused {
            errors = List.copyOf(errors);
        }
    }

    private FleetFile() {}

    /** Reads a file that lists models and nothing else. Never throws. */
    public static Result parse(String text, String fileName) {
        return parse(text, fileName, Scope.WHOLE, Set.of());
    }

    /**
     * Reads a text. Never throws.
     *
     * @param text the text
     * @param fileName the name that errors give
     * @param scope what else the text may hold
     * @param pools the pools that models may name, beside those which the text itself describes
     */
    public static Result parse(String text, String fileName, Scope scope, Set<String> pools) {
        YamlSource source = new YamlSource(fileName);
        FleetSpec fleet = new FleetFileReader(source, scope, pools).read(text);
        return source.errors().isEmpty() ? new Parsed(fleet) : new Refused(source.errors());
    }
}
