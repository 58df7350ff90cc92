package dev.penstock.server.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Api;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixHasherTest {
    private static final ByteBufAllocator ALLOC = new UnpooledByteBufAllocator(false, true);
    private static final int BLOCK = 32;

    private final PrefixHasher hasher = new PrefixHasher(7);

    @Test
    void shouldExtendTheHashesOfAConversationThatGoesOn() {
        SplittableRandom random = new SplittableRandom(1);
        List<String> turns = IntStream.range(0, 12).mapToObj(i -> turn(random)).toList();
        long[] before = {};
        for (int i = 1; i <= turns.size(); i++) {
            long[] now = chat("", turns.subList(0, i), "m");
            assertThat(Arrays.copyOf(now, before.length)).isEqualTo(before);
            before = now;
        }
        assertThat(before).hasSizeGreaterThan(12);
        assertThat(new HashSet<>(LongStream.of(before).boxed().toList())).hasSize(before.length);
    }

    @Test
    void shouldCountFullBlocksOnly() {
        String text = "x".repeat(10 * BLOCK);
        // With the opening quote, without the closing one.
        assertThat(completion(text.substring(1))).hasSize(10);
        assertThat(completion(text.substring(2))).hasSize(9);
        assertThat(completion("")).isEmpty();
    }

    @Test
    void shouldTellPromptsApartFromTheBlockOnInWhichTheyDiffer() {
        String text = "y".repeat(10 * BLOCK);
        String other = text.substring(0, 5 * BLOCK) + "z" + text.substring(5 * BLOCK + 1);
        long[] one = completion(text);
        long[] two = completion(other);
        assertThat(Arrays.copyOf(two, 5)).isEqualTo(Arrays.copyOf(one, 5));
        for (int i = 5; i < one.length; i++) {
            assertThat(two[i]).isNotEqualTo(one[i]);
        }
    }

    @Test
    void shouldTellEqualBlocksAtDifferentPlacesApart() {
        assertThat(LongStream.of(completion("a".repeat(50 * BLOCK))).distinct().count()).isEqualTo(50);
    }

    @Test
    void shouldTellModelsAndSeedsApart() {
        List<String> turns = List.of(turn(new SplittableRandom(2)));
        long[] one = chat("", turns, "base");
        assertThat(chat("", turns, "adapter")).doesNotContain(one);
        ByteBuf body = bytes("{\"prompt\":\"" + "p".repeat(200) + "\"}");
        BodyFacts facts = Scans.facts(body.toString(StandardCharsets.UTF_8));
        assertThat(new PrefixHasher(8).hashes(facts, body, Api.COMPLETIONS, "m", BLOCK))
                .doesNotContain(hasher.hashes(facts, body, Api.COMPLETIONS, "m", BLOCK));
    }

    @Test
    void shouldTakeToolsAndSystemPromptFirstWhereverTheyStand() {
        String messages = "\"messages\":[" + turn(new SplittableRandom(3)) + "]";
        String tools = "\"tools\":[{\"name\":\"" + "t".repeat(100) + "\"}]";
        String system = "\"system\":\"" + "s".repeat(100) + "\"";
        long[] hashes = hashes("{" + tools + "," + system + "," + messages + "}", Api.MESSAGES, "m", BLOCK);
        assertThat(hashes("{" + messages + "," + system + "," + tools + "}", Api.MESSAGES, "m", BLOCK))
                .isEqualTo(hashes);
        assertThat(hashes("{" + messages + "," + system + "}", Api.MESSAGES, "m", BLOCK)).doesNotContain(hashes);
    }

    @Test
    void shouldTakeInstructionsAndInputOfResponses() {
        String one = "{\"instructions\":\"" + "i".repeat(64) + "\",\"input\":\"" + "q".repeat(64) + "\"}";
        String two = "{\"instructions\":\"" + "j".repeat(64) + "\",\"input\":\"" + "q".repeat(64) + "\"}";
        assertThat(hashes(one, Api.RESPONSES, "m", BLOCK)).hasSize(5)
                .doesNotContain(hashes(two, Api.RESPONSES, "m", BLOCK));
    }

    @ParameterizedTest
    @EnumSource(value = Api.class, names = {"EMBEDDINGS", "CLASSIFY", "RERANK", "IMAGES", "VIDEO"})
    void shouldHashNothingWhereEnginesKeepNoPrefix(Api api) {
        assertThat(hashes("{\"input\":\"" + "e".repeat(500) + "\",\"prompt\":\"" + "e".repeat(500) + "\"}", api, "m",
                BLOCK)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 128, 4095, 4096, 4097, 10_000, 1_000_000})
    void shouldNotDependOnHowTheBodyIsHeld(int blockBytes) {
        String text = "{\"prompt\":\"" + new SplittableRandom(4).ints(50_000, 'a', 'z')
                .mapToObj(Character::toString).collect(Collectors.joining()) + "\"}";
        BodyFacts facts = Scans.facts(text);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        CompositeByteBuf pieces = ALLOC.compositeBuffer(Integer.MAX_VALUE);
        for (int at = 0; at < bytes.length; at += 777) {
            int size = Math.min(777, bytes.length - at);
            pieces.addComponent(true, ALLOC.buffer().writeBytes(bytes, at, size));
        }
        long[] whole = hasher.hashes(facts, bytes(text), Api.COMPLETIONS, "m", blockBytes);
        assertThat(hasher.hashes(facts, pieces, Api.COMPLETIONS, "m", blockBytes)).isEqualTo(whole)
                .hasSize(Math.min(50_001 / blockBytes, PrefixHasher.MAX_BLOCKS));
        pieces.release();
    }

    @Test
    void shouldStopAtTheMostBlocks() {
        assertThat(hashes("{\"prompt\":\"" + "n".repeat(PrefixHasher.MAX_BLOCKS + 10) + "\"}", Api.COMPLETIONS, "m", 1))
                .hasSize(PrefixHasher.MAX_BLOCKS);
    }

    private long[] chat(String before, List<String> turns, String model) {
        return hashes("{" + before + "\"messages\":[" + String.join(",", turns) + "]}", Api.CHAT_COMPLETIONS, model,
                BLOCK);
    }

    private long[] completion(String prompt) {
        return hashes("{\"prompt\":\"" + prompt + "\"}", Api.COMPLETIONS, "m", BLOCK);
    }

    private long[] hashes(String body, Api api, String model, int blockBytes) {
        return hasher.hashes(Scans.facts(body), bytes(body), api, model, blockBytes);
    }

    private static ByteBuf bytes(String text) {
        return ALLOC.buffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String turn(SplittableRandom random) {
        String words = random.ints(random.nextInt(1, 200), 'a', 'z').mapToObj(Character::toString)
                .collect(Collectors.joining());
        return "{\"role\":\"user\",\"content\":\"" + words + "\"}";
    }
}
