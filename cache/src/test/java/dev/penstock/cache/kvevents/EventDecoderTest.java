package dev.penstock.cache.kvevents;

import static dev.penstock.cache.kvevents.Pack.list;
import static dev.penstock.cache.kvevents.Pack.map;
import static dev.penstock.cache.kvevents.Pack.pack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.penstock.core.port.Metrics;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.FakeFleet;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All the shapes in which vLLM and SGLang tell of their caches. */
class EventDecoderTest {

    private static final PodView POD = new FakeFleet().add("p").pod("p");
    private static final List<Integer> TOKENS = IntStream.range(0, 8).boxed().toList();

    private final EventDecoder decoder = new EventDecoder(KvEventMetrics.of(Metrics.NONE));

    private List<KvEvent> decode(Object message) throws MalformedEventException {
        return decoder.decode(pack(message), rank -> POD);
    }

    private static String words(KvEvent event) {
        return switch (event) {
            case KvEvent.Stored stored -> "stored " + Arrays.toString(stored.hashes()) + " after " + stored.parent()
                    + ": " + stored.tokens().length + "/" + stored.blockTokens() + " " + stored.adapter() + " "
                    + stored.medium();
            case KvEvent.Removed removed -> "removed " + Arrays.toString(removed.hashes()) + " " + removed.medium();
            case KvEvent.Cleared _ -> "cleared";
            default -> event.toString();
        };
    }

    private static byte[] bytes(int length, long first) {
        return ByteBuffer.allocate(length).putLong(first).array();
    }

    private static List<@Nullable Object> batch(@Nullable Object... events) {
        return list(1.5, Arrays.asList(events));
    }

    static Stream<Arguments> shapes() {
        String plain = "stored [1, 2] after null: 8/4 null null";
        return Stream.of(
                arguments("array", batch(list("BlockStored", list(1, 2), null, TOKENS, 4, null)), plain),
                arguments("shortest array", batch(list("BlockStored", list(1, 2), null, TOKENS, 4)), plain),
                arguments("rank", list(1.5, list(list("BlockStored", list(1, 2), null, TOKENS, 4, null)), 0), plain),
                arguments("rank nil", list(1.5, list(list("BlockStored", list(1, 2), null, TOKENS, 4, null)), null),
                        plain),
                arguments("more in the batch", list(1, list(list("BlockStored", list(1, 2), null, TOKENS, 4)), null,
                        map("x", 1)), plain),
                arguments("all of an array", batch(list("BlockStored", list(1, 2), 7, TOKENS, 4, 3, "CPU", "sql",
                        list(list("sql"), list(3)), 0, "later")), "stored [1, 2] after 7: 8/4 sql CPU"),
                arguments("number of an adapter", batch(list("BlockStored", list(1, 2), null, TOKENS, 4, 3)),
                        "stored [1, 2] after null: 8/4 #3 null"),
                arguments("map", batch(map("type", "BlockStored", "block_hashes", list(1, 2), "parent_block_hash", null,
                        "token_ids", TOKENS, "block_size", 4, "lora_id", null, "medium", "GPU", "lora_name", null,
                        "extra_keys", null, "group_idx", 0, "kv_cache_spec_kind", "full", "locality", map("a", 1))),
                        "stored [1, 2] after null: 8/4 null GPU"),
                arguments("map, type last", list(1.5, list(map("token_ids", TOKENS, "block_size", 4, "block_hashes",
                        list(1, 2), "type", "BlockStored")), null), plain),
                arguments("SGLang", batch(map("type", "BlockStored", "block_hashes", list(1, 2), "token_ids", TOKENS,
                        "block_size", 4, "metadata", map("cache_salt", null))), plain),
                arguments("bare map", map("type", "BlockStored", "block_hashes", list(1, 2), "token_ids", TOKENS,
                        "block_size", 4), plain),
                arguments("bare array", list("BlockStored", list(1, 2), null, TOKENS, 4, null), plain),
                arguments("one event without a list", list(1.5, map("type", "AllBlocksCleared"), null), "cleared"),
                arguments("one array without a list", list(1.5, list("AllBlocksCleared")), "cleared"),
                arguments("hashes signed and wide", batch(list("BlockRemoved", list(-1, -200, Long.MIN_VALUE,
                        Integer.MAX_VALUE, 70_000, 300))),
                        "removed [-1, -200, -9223372036854775808, 2147483647, 70000, 300] null"),
                arguments("hash beyond signed", batch(list("BlockRemoved", list(BigInteger.TWO.pow(64)
                        .subtract(BigInteger.TWO)))), "removed [-2] null"),
                arguments("hashes of bytes", batch(list("BlockStored", list(bytes(32, 5), bytes(8, -6)), bytes(32, 9),
                        TOKENS, 4, null)), "stored [5, -6] after 9: 8/4 null null"),
                arguments("removed", batch(list("BlockRemoved", list(1), "CPU")), "removed [1] CPU"),
                arguments("removed map", batch(map("type", "BlockRemoved", "block_hashes", list(1), "medium", "GPU")),
                        "removed [1] GPU"),
                arguments("cleared", batch(list("AllBlocksCleared")), "cleared"),
                arguments("cleared map", batch(map("type", "AllBlocksCleared")), "cleared"),
                arguments("no blocks", batch(list("BlockStored", list(), null, list(), 16, null)),
                        "stored [] after null: 0/16 null null"),
                arguments("copied", batch(list("BlockStored", list(1, 2), null, list(), 16, null, "CPU")),
                        "stored [1, 2] after null: 0/16 null CPU"),
                arguments("unknown kinds", batch(list("Later", map("a", list(1))), map("type", "Later", "x", 1),
                        list("AllBlocksCleared")), "cleared"),
                arguments("an image from the second block on", batch(list("BlockStored", list(1, 2), null, TOKENS, 4,
                        null, "GPU", null, list(null, list("image", 0)))), "stored [1] after null: 4/4 null GPU"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void shouldReadEveryShape(String name, Object message, String expected) throws MalformedEventException {
        assertThat(decode(message)).extracting(EventDecoderTest::words).containsExactly(expected);
    }

    @Test
    void shouldReadNothingOfAnEmptyBatch() throws MalformedEventException {
        assertThat(decode(batch())).isEmpty();
        assertThat(decode(list(1.5, list(), null))).isEmpty();
    }

    @Test
    void shouldPassOverBlocksWhoseTokensDoNotTellWhatIsInThem() throws MalformedEventException {
        assertThat(decode(batch(
                list("BlockStored", list(1, 2), null, TOKENS, 4, null, "GPU", null, list(list("image"), null)),
                map("type", "BlockStored", "block_hashes", list(1), "token_ids", list(1), "block_size", 1,
                        "metadata", map("cache_salt", "s"))))).isEmpty();
    }

    @Test
    void shouldKeepGroupsOfLayersApart() throws MalformedEventException {
        List<KvEvent> events = decode(batch(
                list("BlockStored", list(1), null, list(5), 1, null, "GPU", null, null, 1),
                map("type", "BlockRemoved", "block_hashes", list(1), "group_idx", 1),
                list("BlockRemoved", list(1), "GPU", 0)));

        long other = ((KvEvent.Stored) events.get(0)).hashes()[0];
        assertThat(((KvEvent.Removed) events.get(1)).hashes()).containsExactly(other);
        assertThat(((KvEvent.Removed) events.get(2)).hashes()).containsExactly(1).doesNotContain(other);
    }

    @Test
    void shouldAskForTheEndpointOfTheRank() throws MalformedEventException {
        byte[] message = pack(list(1.5, list(list("AllBlocksCleared")), 3));

        assertThat(decoder.decode(message, rank -> rank == 3 ? POD : null)).hasSize(1);
        assertThat(decoder.decode(message, rank -> null)).isEmpty();
    }

    static Stream<Object> wrong() {
        return Stream.of(1, "text", list(), list(1.5), list(1.5, 3), list(1.5, list(3)), list(1.5, list(list())),
                map("a", 1), batch(list("BlockStored", list(1), null, list(1, 2, 3), 2)),
                batch(list("BlockStored", list(1), null, list(1), 0)),
                batch(list("BlockStored", list(1), null, list(1), -1)),
                batch(list("BlockStored", list("x"), null, list(1), 1)),
                batch(list("BlockStored", list(1), null, list(1L << 40), 1)),
                batch(list("BlockStored", list(new byte[7]), null, list(1), 1)),
                batch(list("BlockStored", list(1), "x", list(1), 1)), batch(list("BlockRemoved")),
                batch(list("BlockRemoved", 1)), list(1.5, list(), "rank"), list(1.5, list(), 1L << 40));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldRefuseWhatIsNoEvent(Object message) {
        assertThatThrownBy(() -> decode(message)).isInstanceOf(MalformedEventException.class)
                .message().isNotBlank();
    }

    @Test
    void shouldRefuseWhatIsCutShort() throws MalformedEventException {
        byte[] whole = pack(batch(list("BlockStored", list(1, bytes(32, 2)), 7L << 40, TOKENS, 4, 3, "CPU", "sql")));
        decoder.decode(whole, rank -> POD);

        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> decoder.decode(part, rank -> POD)).isInstanceOf(MalformedEventException.class);
        }
    }

    @Test
    void shouldRefuseNestingWithoutEnd() {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x91);
        assertThatThrownBy(() -> decoder.decode(deep, rank -> POD)).isInstanceOf(MalformedEventException.class);
    }
}
