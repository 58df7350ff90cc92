package dev.penstock.cache.kvevents;

import dev.penstock.cache.kvevents.MsgpackReader.Kind;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads what vLLM and SGLang publish: a batch {@code [time, [event, …], rank]}, or one event alone; an event as an
 * array that begins with its kind, or as a map with a {@code type}. What is not known of an event is passed over, and
 * so are kinds of events that are not known; what is known has to be as it should. Confined to {@code lb-kv}.
 */
final class EventDecoder {

    static final String STORED = "BlockStored";
    static final String REMOVED = "BlockRemoved";
    static final String CLEARED = "AllBlocksCleared";
    /** No rank is told. */
    static final int NO_RANK = -1;

    private static final long GROUP_FACTOR = 0x9E3779B97F4A7C15L;
    private static final String SALT = "cache_salt";

    private final KvEventMetrics metrics;
    private final EventFields fields = new EventFields();

    EventDecoder(KvEventMetrics metrics) {
        this.metrics = metrics;
    }

    /**
     * Reads a message.
     *
     * @param payload the message
     * @param endpoints the endpoint of a data parallel rank, of {@link #NO_RANK} where none is told; null where there
     *     is none
     * @throws MalformedEventException where something is wrong with it; nothing of it holds then
     */
    List<KvEvent> decode(byte[] payload, IntFunction<@Nullable PodView> endpoints) throws MalformedEventException {
        MsgpackReader reader = new MsgpackReader(payload);
        List<KvEvent> events = new ArrayList<>();
        if (isEvent(reader)) {
            event(reader, endpoints.apply(NO_RANK), events);
        } else {
            batch(reader, endpoints, events);
        }
        return events;
    }

    private static boolean isEvent(MsgpackReader reader) throws MalformedEventException {
        if (reader.kind() != Kind.ARRAY) {
            return reader.kind() == Kind.MAP;
        }
        int before = reader.position();
        boolean event = reader.array() > 0 && reader.kind() == Kind.STRING;
        reader.position(before);
        return event;
    }

    private void batch(MsgpackReader reader, IntFunction<@Nullable PodView> endpoints, List<KvEvent> events)
            throws MalformedEventException {
        int values = reader.array();
        if (values < 2) {
            throw reader.wrong("a time and events");
        }
        reader.skip();
        int begin = reader.position();
        // The rank stands behind the events that it is of.
        reader.skip();
        int rank = values < 3 || reader.nil() ? NO_RANK : reader.smallInteger();
        PodView endpoint = endpoints.apply(rank);
        reader.position(begin);
        if (isEvent(reader)) {
            event(reader, endpoint, events);
            return;
        }
        int count = reader.array();
        for (int i = 0; i < count; i++) {
            event(reader, endpoint, events);
        }
    }

    private void event(MsgpackReader reader, @Nullable PodView endpoint, List<KvEvent> events)
            throws MalformedEventException {
        fields.read(reader);
        int end = reader.position();
        KvEvent event = endpoint == null ? null : switch (fields.type()) {
            case STORED -> stored(reader, endpoint);
            case REMOVED -> removed(reader, endpoint);
            case CLEARED -> new KvEvent.Cleared(endpoint);
            default -> null;
        };
        switch (event) {
            case KvEvent.Stored _ -> metrics.stored().increment();
            case KvEvent.Removed _ -> metrics.removed().increment();
            case KvEvent.Cleared _ -> metrics.cleared().increment();
            case null, default -> (endpoint != null && fields.type().equals(STORED) ? metrics.unmatchable()
                    : metrics.unknown()).increment();
        }
        if (event != null) {
            events.add(event);
        }
        reader.position(end);
    }

    private KvEvent removed(MsgpackReader reader, PodView endpoint) throws MalformedEventException {
        long group = group(reader);
        return new KvEvent.Removed(endpoint, hashes(reader, group), fields.text(EventFields.MEDIUM, reader));
    }

    /** Null where the tokens do not tell what is in the blocks. */
    private @Nullable KvEvent stored(MsgpackReader reader, PodView endpoint) throws MalformedEventException {
        long group = group(reader);
        long[] hashes = hashes(reader, group);
        Long parent = fields.at(EventFields.PARENT, reader) ? Long.valueOf(hash(reader) ^ group) : null;
        int[] tokens = tokens(reader);
        int blockTokens = fields.at(EventFields.BLOCK_TOKENS, reader) ? reader.smallInteger() : 0;
        // Without tokens, blocks that were told before are copied to another medium.
        if (tokens.length > 0 ? (long) hashes.length * blockTokens != tokens.length : blockTokens < 0) {
            throw new MalformedEventException(hashes.length + " blocks of " + blockTokens + " tokens: "
                    + tokens.length + " tokens");
        }
        String adapter = adapter(reader);
        int plain = salted(reader) ? 0 : plainBlocks(reader, hashes.length, adapter);
        if (plain < hashes.length) {
            if (plain == 0) {
                return null;
            }
            hashes = Arrays.copyOf(hashes, plain);
            tokens = tokens.length == 0 ? tokens : Arrays.copyOf(tokens, plain * blockTokens);
        }
        return new KvEvent.Stored(endpoint, hashes, parent, tokens, blockTokens, adapter,
                fields.text(EventFields.MEDIUM, reader));
    }

    /** Layers of another kind have blocks of their own, with the same hashes: one does not remove the other. */
    private long group(MsgpackReader reader) throws MalformedEventException {
        return fields.at(EventFields.GROUP, reader) ? reader.smallInteger() * GROUP_FACTOR : 0;
    }

    private long[] hashes(MsgpackReader reader, long group) throws MalformedEventException {
        if (!fields.at(EventFields.HASHES, reader)) {
            throw new MalformedEventException(fields.type() + " without " + EventFields.HASHES);
        }
        long[] hashes = new long[reader.array()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = hash(reader) ^ group;
        }
        return hashes;
    }

    private static long hash(MsgpackReader reader) throws MalformedEventException {
        return reader.kind() == Kind.BINARY ? reader.eightBytes() : reader.integer();
    }

    private int[] tokens(MsgpackReader reader) throws MalformedEventException {
        if (!fields.at(EventFields.TOKENS, reader)) {
            return new int[0];
        }
        int[] tokens = new int[reader.array()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = reader.smallInteger();
        }
        return tokens;
    }

    private @Nullable String adapter(MsgpackReader reader) throws MalformedEventException {
        String name = fields.text(EventFields.ADAPTER, reader);
        if (name != null) {
            return name;
        }
        String id = fields.text(EventFields.ADAPTER_ID, reader);
        // A number is nobody's name: no prompt is looked up there, and it is kept apart from the base model.
        return id != null ? id : fields.at(EventFields.ADAPTER_ID, reader) ? "#" + reader.integer() : null;
    }

    private boolean salted(MsgpackReader reader) throws MalformedEventException {
        if (!fields.at(EventFields.METADATA, reader) || reader.kind() != Kind.MAP) {
            return false;
        }
        int pairs = reader.map();
        boolean salted = false;
        for (int i = 0; i < pairs; i++) {
            boolean salt = false;
            if (reader.kind() == Kind.STRING) {
                salt = reader.string().equals(SALT);
            } else {
                reader.skip();
            }
            salted |= salt && reader.kind() != Kind.NIL;
            reader.skip();
        }
        return salted;
    }

    /** How many blocks, from the first one on, hold nothing but their tokens: an image in one has a key of its own. */
    private int plainBlocks(MsgpackReader reader, int blocks, @Nullable String adapter) throws MalformedEventException {
        boolean numbered = fields.at(EventFields.ADAPTER_ID, reader) && reader.kind() == Kind.INTEGER;
        long id = numbered ? reader.integer() : 0;
        if (!fields.at(EventFields.EXTRA_KEYS, reader) || reader.kind() != Kind.ARRAY) {
            return blocks;
        }
        int keyed = reader.array();
        for (int i = 0; i < Math.min(keyed, blocks); i++) {
            if (!plain(reader, adapter, id)) {
                return i;
            }
        }
        return blocks;
    }

    private static boolean plain(MsgpackReader reader, @Nullable String adapter, long id)
            throws MalformedEventException {
        if (reader.kind() != Kind.ARRAY) {
            return plainKey(reader, adapter, id);
        }
        int keys = reader.array();
        boolean plain = true;
        for (int i = 0; i < keys; i++) {
            plain &= plainKey(reader, adapter, id);
        }
        return plain;
    }

    private static boolean plainKey(MsgpackReader reader, @Nullable String adapter, long id)
            throws MalformedEventException {
        Kind kind = reader.kind();
        if (kind == Kind.STRING) {
            return reader.string().equals(adapter);
        }
        if (kind == Kind.INTEGER) {
            return reader.integer() == id && adapter != null;
        }
        reader.skip();
        return kind == Kind.NIL;
    }
}
