package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Admission.Admitted;
import dev.penstock.core.port.Admission.Decision;
import dev.penstock.core.port.Admission.Grant;
import dev.penstock.core.port.Admission.Rejected;
import dev.penstock.core.port.Quota;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two that have to admit, whose answers come in any order. */
@Timeout(30)
class TogetherTest {

    private static final Quota QUOTA = new Quota(5, 4, 3, 2, 1, 0);

    /** Answers when the test says so. */
    private static final class Later implements Admission {
        private final List<Consumer<Decision>> asked = new ArrayList<>();
        private Decision late = Admitted.FREELY;

        @Override
        public void admit(Request request, Consumer<Decision> answer) {
            asked.add(answer);
        }

        @Override
        public Decision late(Request request) {
            return late;
        }

        void say(Decision decision) {
            asked.getLast().accept(decision);
        }
    }

    private final Later users = new Later();
    private final Later models = new Later();
    private final Admission both = Together.of(users, models);
    private final List<String> ends = new ArrayList<>();
    private final List<Decision> told = new ArrayList<>();

    private void ask() {
        both.admit(Asked.of("ann", 0, 0), told::add);
    }

    private Admitted granted(String name, @Nullable String user) {
        return new Admitted(user, new Grant() {
            @Override
            public void refund() {
                ends.add(name + " refunded");
            }

            @Override
            public void settle(Usage usage) {
                ends.add(name + " settled");
            }
        }, user == null ? null : QUOTA);
    }

    private static Rejected no(String why) {
        return new Rejected(ErrorCode.SHED, why, 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldAdmitWhenBothHave(boolean usersFirst) {
        ask();
        if (usersFirst) {
            users.say(granted("user", "ann"));
            models.say(granted("model", null));
        } else {
            models.say(granted("model", null));
            users.say(granted("user", "ann"));
        }
        Admitted decision = (Admitted) told.getFirst();
        assertThat(told).hasSize(1);
        assertThat(decision.user()).isEqualTo("ann");
        assertThat(decision.quota()).isEqualTo(QUOTA);
        decision.grant().settle(Usage.UNKNOWN);
        assertThat(ends).containsExactly("user settled", "model settled");
    }

    @Test
    void shouldRefuseAtOnceAndRefundWhatTheOtherOneGrantsLater() {
        ask();
        users.say(no("user"));
        assertThat(told).containsExactly(no("user"));
        models.say(granted("model", null));
        assertThat(told).hasSize(1);
        assertThat(ends).containsExactly("model refunded");
    }

    @Test
    void shouldRefundWhatWasGrantedBeforeAndTellItsQuota() {
        ask();
        users.say(granted("user", "ann"));
        models.say(no("model"));
        assertThat(told).containsExactly(new Rejected(ErrorCode.SHED, "model", 1, QUOTA));
        assertThat(ends).containsExactly("user refunded");
    }

    @Test
    void shouldTellOneRefusalWhereBothRefuse() {
        ask();
        models.say(no("model"));
        users.say(no("user"));
        assertThat(told).containsExactly(no("model"));
    }

    @Test
    void shouldDecideForBothWhereTheyAreLate() {
        users.late = granted("user", "ann");
        models.late = no("model");
        assertThat(both.late(Asked.of("ann", 0, 0))).isInstanceOf(Rejected.class);
        assertThat(ends).containsExactly("user refunded");
        models.late = Admitted.FREELY;
        assertThat(both.late(Asked.of("ann", 0, 0))).isInstanceOf(Admitted.class);
    }

    @Test
    void shouldTellOnceWhateverThreadsTheAnswersComeOn() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            List<Decision> once = Collections.synchronizedList(new ArrayList<>());
            both.admit(Asked.of("ann", 0, 0), once::add);
            CountDownLatch done = new CountDownLatch(2);
            Consumer<Decision> one = users.asked.getLast();
            Consumer<Decision> other = models.asked.getLast();
            Decision second = round % 2 == 0 ? Admitted.FREELY : no("model");
            Thread.ofPlatform().start(() -> {
                one.accept(Admitted.FREELY);
                done.countDown();
            });
            Thread.ofPlatform().start(() -> {
                other.accept(second);
                done.countDown();
            });
            done.await();
            assertThat(once).hasSize(1).first().isInstanceOf(round % 2 == 0 ? Admitted.class : Rejected.class);
        }
    }
}
