package dev.penstock.cache.kvevents;

import dev.penstock.cache.kvevents.MsgpackReader.Kind;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of an event stand in a message, whether that has them by name or in order. Used again for each
 * event. Confined to one thread.
 */
final class EventFields {

    static final String HASHES = "block_hashes";
    static final String PARENT = "parent_block_hash";
    static final String TOKENS = "token_ids";
    static final String BLOCK_TOKENS = "block_size";
    static final String ADAPTER_ID = "lora_id";
    static final String MEDIUM = "medium";
    static final String ADAPTER = "lora_name";
    static final String EXTRA_KEYS = "extra_keys";
    static final String GROUP = "group_idx";
    static final String METADATA = "metadata";

    private static final List<String> NAMES = List.of(HASHES, PARENT, TOKENS, BLOCK_TOKENS, ADAPTER_ID, MEDIUM, ADAPTER,
            EXTRA_KEYS, GROUP, METADATA);
    private static final List<String> STORED = NAMES.subList(0, NAMES.indexOf(METADATA));
    private static final List<String> REMOVED = List.of(HASHES, MEDIUM, GROUP);
    private static final String TYPE = "type";
    private static final int ABSENT = -1;

    private final int[] positions = new int[NAMES.size()];
    private String type = "";

    /** What kind of event it is. */
    String type() {
        return type;
    }

    /** Reads an event up to its end. */
    void read(MsgpackReader reader) throws MalformedEventException {
        Arrays.fill(positions, ABSENT);
        type = "";
        if (reader.kind() == Kind.MAP) {
            byName(reader);
        } else {
            inOrder(reader);
        }
    }

    private void inOrder(MsgpackReader reader) throws MalformedEventException {
        int values = reader.array();
        if (values == 0) {
            throw reader.wrong("a kind of event");
        }
        type = reader.string();
        List<String> order = type.equals(EventDecoder.REMOVED) ? REMOVED : STORED;
        for (int i = 0; i < values - 1; i++) {
            if (i < order.size()) {
                positions[NAMES.indexOf(order.get(i))] = reader.position();
            }
            reader.skip();
        }
    }

    private void byName(MsgpackReader reader) throws MalformedEventException {
        int pairs = reader.map();
        for (int i = 0; i < pairs; i++) {
            if (reader.kind() != Kind.STRING) {
                reader.skip();
                reader.skip();
                continue;
            }
            String name = reader.string();
            int known = NAMES.indexOf(name);
            if (known >= 0) {
                positions[known] = reader.position();
            } else if (name.equals(TYPE)) {
                type = reader.string();
                continue;
            }
            reader.skip();
        }
        if (type.isEmpty()) {
            throw reader.wrong("a map with a type");
        }
    }

    /** Goes to a value; false where there is none, or nil. */
    boolean at(String name, MsgpackReader reader) throws MalformedEventException {
        int position = positions[NAMES.indexOf(name)];
        if (position == ABSENT) {
            return false;
        }
        reader.position(position);
        return reader.kind() != Kind.NIL;
    }

    /** A text; null where there is none. */
    @Nullable String text(String name, MsgpackReader reader) throws MalformedEventException {
        return at(name, reader) && reader.kind() == Kind.STRING ? reader.string() : null;
    }
}
