package dev.penstock.cache.profiles;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Writes a node as JSON, whatever it was written as; numbers keep all their digits. Confined to its caller. */
final class JsonText {

    /** A node may be named many times by one alias: a short text could say more than memory holds. */
    private static final int LONGEST = 64 * 1024;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private final StringBuilder out = new StringBuilder();

    private JsonText() {}

    /** The node as JSON; null where that is too long. */
    static @Nullable String of(Node node) {
        JsonText text = new JsonText();
        return text.write(node) ? text.out.toString() : null;
    }

    private boolean write(Node node) {
        if (out.length() > LONGEST) {
            return false;
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode sequence -> {
                out.append('[');
                for (Node item : sequence.getValue()) {
                    separate('[');
                    if (!write(item)) {
                        yield false;
                    }
                }
                out.append(']');
                yield true;
            }
            case MappingNode mapping -> {
                out.append('{');
                for (NodeTuple entry : mapping.getValue()) {
                    separate('{');
                    quote(entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : "");
                    out.append(':');
                    if (!write(entry.getValueNode())) {
                        yield false;
                    }
                }
                out.append('}');
                yield true;
            }
            default -> false;
        };
    }

    private void separate(char opening) {
        if (out.charAt(out.length() - 1) != opening) {
            out.append(',');
        }
    }

    private boolean scalar(ScalarNode scalar) {
        Tag tag = scalar.getTag();
        String value = scalar.getValue();
        if (Tag.NULL.equals(tag)) {
            out.append("null");
        } else if (Tag.BOOL.equals(tag)) {
            out.append(value.equalsIgnoreCase("true"));
        } else if (!Tag.STR.equals(tag) && NUMBER.matcher(value).matches()) {
            out.append(value);
        } else {
            quote(value);
        }
        return out.length() <= LONGEST;
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < ' ' || (Character.isSurrogate(c) && !paired(text, i))) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean paired(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
