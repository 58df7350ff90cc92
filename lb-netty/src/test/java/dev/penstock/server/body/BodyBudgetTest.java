package dev.penstock.server.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BodyBudgetTest {

    @Test
    void shouldTakeAllOrNothing() {
        BodyBudget budget = new BodyBudget(10);
        assertThat(budget.tryTake(7)).isTrue();
        assertThat(budget.tryTake(4)).isFalse();
        assertThat(budget.held()).isEqualTo(7);
        assertThat(budget.tryTake(3)).isTrue();
        assertThat(budget.tryTake(Long.MAX_VALUE)).isFalse();
        budget.release(10);
        assertThat(budget.held()).isZero();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void shouldNeverGiveMoreThanThereIs() throws InterruptedException {
        BodyBudget budget = new BodyBudget(100);
        AtomicLong worst = new AtomicLong();
        AtomicLong out = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 50_000; i++) {
                    int bytes = 1 + i % 60;
                    if (budget.tryTake(bytes)) {
                        worst.accumulateAndGet(out.addAndGet(bytes), Math::max);
                        out.addAndGet(-bytes);
                        budget.release(bytes);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(worst.get()).isBetween(1L, 100L);
        assertThat(budget.held()).isZero();
    }
}
