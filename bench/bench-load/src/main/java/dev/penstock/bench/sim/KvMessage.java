package dev.penstock.bench.sim;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes the batch of one change of the prefix cache in MessagePack, as vLLM does. Confined to one thread. */
final class KvMessage {
    private static final String MEDIUM = "GPU";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final KvEventForm form;

    KvMessage(KvEventForm form) {
        this.form = form;
    }

    /** Begins a batch. */
    KvMessage batch(int events) {
        out.reset();
        array(3);
        out.write(0xCB);
        out.writeBytes(ByteBuffer.allocate(8).putDouble(System.currentTimeMillis() / 1e3).array());
        array(events);
        return this;
    }

    /** Says that blocks were stored. */
    KvMessage stored(long[] hashes, @Nullable Long parent, int[] tokens, int blockTokens, @Nullable String adapter) {
        begin("BlockStored", 8);
        field("block_hashes");
        array(hashes.length);
        Arrays.stream(hashes).forEach(this::integer);
        field("parent_block_hash");
        integerOrNil(parent);
        field("token_ids");
        array(tokens.length);
        Arrays.stream(tokens).forEach(this::integer);
        field("block_size");
        integer(blockTokens);
        field("lora_id");
        integerOrNil(adapter == null ? null : Long.valueOf(1));
        field("medium");
        string(MEDIUM);
        field("lora_name");
        if (adapter == null) {
            out.write(0xC0);
        } else {
            string(adapter);
        }
        return this;
    }

    /** Says that blocks were removed. */
    KvMessage removed(long[] hashes) {
        begin("BlockRemoved", 3);
        field("block_hashes");
        array(hashes.length);
        Arrays.stream(hashes).forEach(this::integer);
        field("medium");
        string(MEDIUM);
        return this;
    }

    /** Ends the batch; of no data parallel rank. */
    byte[] end() {
        out.write(0xC0);
        return out.toByteArray();
    }

    private void begin(String type, int fields) {
        if (form == KvEventForm.MAP) {
            out.write(0x80 | fields);
            string("type");
        } else {
            array(fields);
        }
        string(type);
    }

    private void field(String name) {
        if (form == KvEventForm.MAP) {
            string(name);
        }
    }

    private void array(int length) {
        out.write(0xDD);
        out.writeBytes(ByteBuffer.allocate(4).putInt(length).array());
    }

    private void integerOrNil(@Nullable Long value) {
        if (value == null) {
            out.write(0xC0);
        } else {
            integer(value);
        }
    }

    // Maps have come with hashes that are not signed.
    private void integer(long value) {
        out.write(form == KvEventForm.MAP ? 0xCF : 0xD3);
        out.writeBytes(ByteBuffer.allocate(8).putLong(value).array());
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(0xDA);
        out.writeBytes(ByteBuffer.allocate(2).putShort((short) bytes.length).array());
        out.writeBytes(bytes);
    }
}
