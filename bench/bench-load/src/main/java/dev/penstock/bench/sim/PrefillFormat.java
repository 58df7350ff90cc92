package dev.penstock.bench.sim;

import java.util.List;

/**
 * The answer of a prefill engine, which tells of what it holds.
 *
 * @param plain  the answer without that
 * @param fields JSON members without braces; empty for none
 */
record PrefillFormat(ReplyFormat plain, String fields) implements ReplyFormat {

    @Override
    public List<String> opening(Usage usage) {
        return plain.opening(usage);
    }

    @Override
    public List<String> token(int index, Usage usage) {
        return plain.token(index, usage);
    }

    @Override
    public List<String> closing(Usage usage) {
        return plain.closing(usage);
    }

    @Override
    public String whole(Usage usage) {
        String whole = plain.whole(usage);
        return fields.isEmpty() ? whole : whole.substring(0, whole.length() - 1) + "," + fields + "}";
    }
}
