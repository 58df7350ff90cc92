package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Prompts that wait for the threads that make tokens. */
@Timeout(30)
class LocalTokenizerTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private final TokenThreads threads = new TokenThreads(1, 2);
    private final TokenSink sink = new TokenSink() {
        @Override
        public void tokens(int[] tokens) {
            told.add(tokens.length + " on " + Thread.currentThread().getName());
        }

        @Override
        public void none(Fallback why) {
            told.add(why);
        }
    };

    @AfterEach
    void close() {
        release.countDown();
        threads.close();
    }

    private LocalTokenizer tokenizer(boolean quick, Tokenizer tokenizer) {
        return new LocalTokenizer(tokenizer, quick, threads, 1, new TokenizerMetrics(Metrics.NONE, "test"));
    }

    private int[] waiting(String text) {
        begun.add(text);
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new int[text.length()];
    }

    private Object next() throws InterruptedException {
        return Objects.requireNonNull(told.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldRefuseWhatIsMoreThanMayWait() throws InterruptedException {
        LocalTokenizer slow = tokenizer(false, this::waiting);
        assertThat(slow.begin("one", sink)).isNotNull();
        assertThat(begun.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(slow.begin("second", sink)).isNotNull();
        assertThat(slow.begin("third", sink)).isNotNull();
        assertThat(slow.begin("fourth", sink)).isNull();
        assertThat(next()).isEqualTo(Fallback.BUSY);
        release.countDown();
        assertThat(next()).isEqualTo("3 on lb-tokens-0");
        assertThat(next()).isEqualTo("6 on lb-tokens-0");
        assertThat(next()).isEqualTo("5 on lb-tokens-0");
    }

    @Test
    void shouldNotBeginWhatNobodyWaitsFor() throws InterruptedException {
        LocalTokenizer slow = tokenizer(false, this::waiting);
        slow.begin("one", sink);
        assertThat(begun.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
        TokenJob second = slow.begin("second", sink);
        assertThat(second).isNotNull();
        second.cancel();
        release.countDown();
        assertThat(next()).isEqualTo("3 on lb-tokens-0");
        slow.begin("third", sink);
        assertThat(next()).isEqualTo("5 on lb-tokens-0");
        assertThat(begun).containsExactly("third");
    }

    @Test
    void shouldTellThatATokenizerFails() throws InterruptedException {
        LocalTokenizer failing = tokenizer(false, text -> {
            throw new IllegalStateException("on purpose");
        });
        failing.begin("one", sink);
        assertThat(next()).isEqualTo(Fallback.FAILED);
    }

    @Test
    void shouldMakeShortTextsAtOnceWhereThatIsQuick() throws InterruptedException {
        LocalTokenizer quick = tokenizer(true, text -> new int[text.length()]);
        assertThat(quick.begin("one", sink)).isNull();
        assertThat(next()).isEqualTo("3 on " + Thread.currentThread().getName());
        quick.begin("x".repeat(100_000), sink);
        assertThat(next()).isEqualTo("100000 on lb-tokens-0");
    }

    @Test
    void shouldRefuseAllAtTheEnd() throws InterruptedException {
        threads.close();
        assertThat(tokenizer(false, this::waiting).begin("one", sink)).isNull();
        assertThat(next()).isEqualTo(Fallback.BUSY);
    }
}
