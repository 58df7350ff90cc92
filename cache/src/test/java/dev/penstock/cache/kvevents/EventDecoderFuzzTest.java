package dev.penstock.cache.kvevents;

import static dev.penstock.cache.kvevents.Pack.list;
import static dev.penstock.cache.kvevents.Pack.map;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.core.port.Metrics;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.FakeFleet;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * Whatever an engine sends, reading it ends with events or with a reason; and a value ends where another reader of
 * MessagePack says so. {@code JAZZER_FUZZ=1} lets the fuzzer look for more than the seeds.
 */
class EventDecoderFuzzTest {

    private static final PodView POD = new FakeFleet().add("p").pod("p");
    private static final List<byte[]> SEEDS = List.of(
            Pack.pack(list(1.5, list(list("BlockStored", list(1, 1L << 40), null, list(1, 2, 3, 4), 2, null, "GPU"),
                    list("BlockRemoved", list(-1, new byte[40])), list("AllBlocksCleared")), null)),
            Pack.pack(list(1.5, list(map("type", "BlockStored", "block_hashes", list(1), "token_ids", list(1, 2),
                    "block_size", 2, "lora_name", "sql", "extra_keys", list(list("sql")), "group_idx", 1,
                    "metadata", map("cache_salt", null))), 0)),
            Pack.pack(map("type", "BlockRemoved", "block_hashes", list(1, 2, 3), "medium", "CPU", "x", true)));

    @FuzzTest
    void shouldEndWithEventsOrAReason(FuzzedDataProvider data) {
        check(data.consumeRemainingAsBytes());
    }

    static Stream<Long> randomSeeds() {
        return Stream.of(1L, 2L, 3L);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldEndWithEventsOrAReasonForBrokenMessages(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).clone();
            for (int edits = random.nextInt(4); edits > 0; edits--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            check(bytes);
        }
    }

    private static void check(byte[] bytes) {
        try {
            for (KvEvent event : new EventDecoder(KvEventMetrics.of(Metrics.NONE)).decode(bytes, rank -> POD)) {
                assertThat(event.endpoint()).isSameAs(POD);
            }
        } catch (MalformedEventException e) {
            assertThat(e).message().isNotBlank();
        }
        if (!hasLongMap(bytes)) {
            assertThat(end(bytes)).isEqualTo(endByAnother(bytes));
        }
    }

    /** Of a map of so many pairs that their keys and values are no int any more, the other reader skips none. */
    private static boolean hasLongMap(byte[] bytes) {
        for (byte each : bytes) {
            if (each == (byte) 0xDF) {
                return true;
            }
        }
        return false;
    }

    private static long end(byte[] bytes) {
        MsgpackReader reader = new MsgpackReader(bytes);
        try {
            reader.skip();
            return reader.position();
        } catch (MalformedEventException e) {
            return -1;
        }
    }

    private static long endByAnother(byte[] bytes) {
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(bytes)) {
            unpacker.skipValue();
            // It passes over bytes that are not there.
            return unpacker.getTotalReadBytes() > bytes.length ? -1 : unpacker.getTotalReadBytes();
        } catch (MessagePackException | IOException e) {
            return -1;
        }
    }
}
