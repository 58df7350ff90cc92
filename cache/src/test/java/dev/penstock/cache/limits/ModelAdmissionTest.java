package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.HandClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often models may be asked. */
@Timeout(30)
class ModelAdmissionTest {

    private static final ModelRate TWO = new ModelRate(2, 1);

    private final HandClock clock = new HandClock();
    private final Empty fleet = new Empty();
    private final List<String> asked = new ArrayList<>();
    private Admission.Decision others = Admission.Admitted.FREELY;
    private final Admission limits = new ModelAdmission((request, answer) -> {
        asked.add(request.model());
        answer.accept(others);
    }, fleet, clock::nanoTime);

    private Admission.Decision ask(String model, @Nullable ModelRate rate) {
        return ask(limits, model, rate);
    }

    private static Admission.Decision ask(Admission limits, String model, @Nullable ModelRate rate) {
        List<Admission.Decision> answers = new ArrayList<>();
        limits.admit(new Admission.Request("id", Api.CHAT_COMPLETIONS, model, rate, null, null, null, 0), answers::add);
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    private boolean admits(String model, ModelRate rate) {
        return ask(model, rate) instanceof Admission.Admitted;
    }

    @Test
    void shouldAdmitAsOftenAsIsAllowedInEachSecond() {
        for (int second = 0; second < 3; second++) {
            assertThat(admits("m", TWO)).isTrue();
            assertThat(admits("m", TWO)).isTrue();
            assertThat(admits("m", TWO)).isFalse();
            assertThat(admits("other", TWO)).isTrue();
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void shouldTellWhatWasExceededAndWhenToComeAgain() {
        ask("m", TWO);
        ask("m", TWO);
        assertThat(ask("m", TWO)).isEqualTo(new Admission.Rejected(ErrorCode.MODEL_RPS_EXCEEDED,
                "model: m has exceeded RPS: 2", 1));
        ModelRate slow = new ModelRate(1, 5);
        ask("slow", slow);
        clock.advance(Duration.ofSeconds(2));
        assertThat(ask("slow", slow)).isEqualTo(new Admission.Rejected(ErrorCode.MODEL_RPS_EXCEEDED,
                "model: slow has exceeded RPS: 1 in 5 seconds", 3));
        clock.advance(Duration.ofSeconds(3));
        assertThat(admits("slow", slow)).isTrue();
    }

    @Test
    void shouldGiveBackWhatWasNotRoutedWithinItsWindow() {
        Admission.Grant grant = grant(ask("m", TWO));
        ask("m", TWO);
        grant.refund();
        assertThat(admits("m", TWO)).isTrue();
        assertThat(admits("m", TWO)).isFalse();
        Admission.Grant late = grant;
        clock.advance(Duration.ofSeconds(1));
        ask("m", TWO);
        late.refund();
        assertThat(admits("m", TWO)).isTrue();
        assertThat(admits("m", TWO)).as("nothing of another window is given back").isFalse();
    }

    private static Admission.Grant grant(Admission.Decision decision) {
        assertThat(decision).isInstanceOf(Admission.Admitted.class);
        return ((Admission.Admitted) decision).grant();
    }

    @Test
    void shouldAskTheOthersOnlyWhereThereIsRoom() {
        ask("m", new ModelRate(1, 1));
        ask("m", new ModelRate(1, 1));
        ask("free", null);
        assertThat(asked).containsExactly("m", "free");
    }

    @Test
    void shouldGiveBackWhatOthersReject() {
        others = new Admission.Rejected(ErrorCode.SHED, "no", -1);
        ModelRate one = new ModelRate(1, 1);
        assertThat(ask("m", one)).isEqualTo(others);
        others = Admission.Admitted.FREELY;
        assertThat(admits("m", one)).isTrue();
    }

    @Test
    void shouldEndWhatOthersGrantedToo() {
        List<String> ends = new ArrayList<>();
        others = new Admission.Admitted("u", new Admission.Grant() {
            @Override
            public void refund() {
                ends.add("refund");
            }

            @Override
            public void settle(Usage usage) {
                ends.add("settle " + usage.completionTokens());
            }
        });
        Admission.Decision decision = ask("m", TWO);
        assertThat(((Admission.Admitted) decision).user()).isEqualTo("u");
        grant(decision).settle(new Usage(1, 2));
        grant(ask("m", TWO)).refund();
        assertThat(ends).containsExactly("settle 2", "refund");
    }

    @Test
    void shouldNotHaveToBeAskedWhereNothingIsLimited() {
        Admission alone = new ModelAdmission(Admission.UNLIMITED, fleet, clock::nanoTime);
        assertThat(alone.wants(null)).isFalse();
        assertThat(alone.wants(TWO)).isTrue();
        assertThat(limits.wants(null)).isTrue();
    }

    @Test
    void shouldForgetModelsThatHaveLeft() {
        ask("m", TWO);
        ask("m", TWO);
        fleet.publish();
        assertThat(admits("m", TWO)).isTrue();
    }

    @Test
    void shouldCountExactlyFromManyThreads() throws InterruptedException {
        int threads = 8;
        int each = 1_000;
        Admission alone = new ModelAdmission(Admission.UNLIMITED, fleet, clock::nanoTime);
        ModelRate rate = new ModelRate(5_000, 1);
        AtomicInteger admitted = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    if (ask(alone, "m", rate) instanceof Admission.Admitted(String user, Admission.Grant grant)) {
                        admitted.incrementAndGet();
                        if (n % 10 == 0) {
                            admitted.decrementAndGet();
                            grant.refund();
                        }
                    }
                }
                done.countDown();
            });
        }
        done.await();
        while (ask(alone, "m", rate) instanceof Admission.Admitted) {
            admitted.incrementAndGet();
        }
        assertThat(admitted).hasValue(5_000);
    }

    /** A fleet of no models. */
    private static final class Empty implements SnapshotSource {
        private final List<Runnable> listeners = new ArrayList<>();

        @Override
        public Fleet current() {
            return Fleet.EMPTY;
        }

        @Override
        public void acknowledge(int shard, long version) {}

        @Override
        public void onPublish(Runnable listener) {
            listeners.add(listener);
        }

        void publish() {
            listeners.forEach(Runnable::run);
        }
    }
}
