package dev.penstock.cache.figures;

import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The names of the endpoints of a chunk, a record of fixed size for each slot. Written by {@code lb-cache} alone; read
 * by any thread, of any process.
 *
 * <p>A record begins with a stamp: the generation of its endpoint above the number of its edition, which is odd while
 * the record is being written. Who finds one even stamp before and after has read one edition of one endpoint, and
 * never parts of two (jcstress: {@code NamesAreOfOneEndpoint}).
 *
 * <pre>
 *   0   stamp
 *   8   how many models the endpoint serves
 *   12  bytes that the names take, from here on: namespace, pod, address, uid, models, each behind its length
 * </pre>
 */
public final class EndpointNames {

    /** Bytes of a record: room for names as long as they come, and for some models. */
    public static final int RECORD_BYTES = 1024;

    private static final int MODELS_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int TEXT_AT = 14;
    private static final int TEXT_BYTES = RECORD_BYTES - TEXT_AT;
    /** A writer is done within microseconds; one that died in the midst never is. */
    private static final int TRIES = 1_000;
    /** What is longer is cut; Kubernetes allows 253, and a UID has 36. */
    private static final int LONGEST_NAME = TEXT_BYTES / 4 - Short.BYTES;

    private final UnsafeBuffer memory;

    /**
     * Records in memory that is zero, or was written by another one of these.
     *
     * @param memory {@link #RECORD_BYTES} for each slot
     */
    public EndpointNames(UnsafeBuffer memory) {
        this.memory = memory;
    }

    // ---- lb-cache

    /**
     * Writes who is in a slot.
     *
     * @param index number of the slot within the chunk
     * @param generation the generation of the endpoint
     * @param own names of the pod's own models, which come first
     * @param models names of all models that the endpoint serves
     */
    public void write(int index, int generation, String namespace, String pod, String address, String uid,
            Set<String> own, Set<String> models) {
        int at = index * RECORD_BYTES;
        long before = memory.getLongVolatile(at);
        int edition = (int) (before >>> Integer.SIZE) == generation ? (int) before : 0;
        memory.putLongVolatile(at, stamp(generation, edition + 1));
        // Nothing of the text may be seen with the stamp of before.
        VarHandle.storeStoreFence();
        memory.putInt(at + MODELS_AT, models.size());
        int length = 0;
        for (String text : List.of(namespace, pod, address, uid)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            length += put(at + TEXT_AT + length, bytes, Math.min(bytes.length, LONGEST_NAME));
        }
        length += putAll(at, length, new TreeSet<>(own), models::contains);
        length += putAll(at, length, models, model -> !own.contains(model));
        memory.putShort(at + LENGTH_AT, (short) length);
        memory.putLongVolatile(at, stamp(generation, edition + 2));
    }

    /** As many as there is room for; bytes that they take. */
    private int putAll(int at, int before, Set<String> models, Predicate<String> wanted) {
        int length = 0;
        for (String model : models) {
            if (wanted.test(model)) {
                byte[] bytes = model.getBytes(StandardCharsets.UTF_8);
                if (before + length + Short.BYTES + bytes.length > TEXT_BYTES) {
                    return length;
                }
                length += put(at + TEXT_AT + before + length, bytes, bytes.length);
            }
        }
        return length;
    }

    /** A text with its length before it; bytes that it takes. */
    private int put(int at, byte[] text, int length) {
        memory.putShort(at, (short) length);
        memory.putBytes(at + Short.BYTES, text, 0, length);
        return Short.BYTES + length;
    }

    // ---- any thread

    /**
     * Who is in a slot.
     *
     * @param index number of the slot within the chunk
     * @param generation the generation that is meant
     * @return null where it is another one, or the record is not whole
     */
    public @Nullable EndpointName read(int index, int generation) {
        int at = index * RECORD_BYTES;
        for (int i = 0; i < TRIES; i++) {
            long before = memory.getLongVolatile(at);
            if ((int) (before >>> Integer.SIZE) != generation) {
                return null;
            }
            if ((before & 1) == 0) {
                byte[] record = new byte[RECORD_BYTES];
                memory.getBytes(at, record);
                // What was read must not be from after the second look at the stamp.
                VarHandle.loadLoadFence();
                if (memory.getLongVolatile(at) == before) {
                    return parse(new UnsafeBuffer(record));
                }
            }
            Thread.onSpinWait();
        }
        return null;
    }

    private static EndpointName parse(UnsafeBuffer record) {
        int end = TEXT_AT + Math.min(record.getShort(LENGTH_AT) & 0xffff, TEXT_BYTES);
        List<String> texts = new ArrayList<>();
        int at = TEXT_AT;
        while (at + Short.BYTES <= end) {
            int length = Math.min(record.getShort(at) & 0xffff, end - at - Short.BYTES);
            texts.add(record.getStringWithoutLengthUtf8(at + Short.BYTES, length));
            at += Short.BYTES + length;
        }
        while (texts.size() < 4) {
            texts.add("");
        }
        return new EndpointName(texts.get(0), texts.get(1), texts.get(2), texts.get(3), texts.subList(4, texts.size()),
                record.getInt(MODELS_AT));
    }

    private static long stamp(int generation, int edition) {
        return ((long) generation << Integer.SIZE) | (edition & 0xffffffffL);
    }
}
