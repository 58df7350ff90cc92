package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who was there of late. */
@Timeout(30)
class RecentTest {

    @Test
    void shouldKeepWhoComesAgainThroughAFloodOfNames() {
        Recent<AtomicInteger> recent = new Recent<>(10);
        AtomicInteger ann = recent.get("ann", name -> new AtomicInteger());
        for (int i = 0; i < 1_000; i++) {
            recent.get("made up " + i, name -> new AtomicInteger());
            if (i % 10 == 9) {
                assertThat(recent.find("ann")).isSameAs(ann);
            }
            assertThat(recent.size()).isLessThanOrEqualTo(20);
        }
        assertThat(recent.find("made up 5")).isNull();
    }

    @Test
    void shouldMakeOneForANameHoweverManyAskAtOnce() throws InterruptedException {
        Recent<Object> recent = new Recent<>(3);
        for (int round = 0; round < 200; round++) {
            String name = "user " + round;
            Set<Object> seen = ConcurrentHashMap.newKeySet();
            CountDownLatch done = new CountDownLatch(4);
            for (int i = 0; i < 4; i++) {
                int other = i;
                Thread.ofPlatform().start(() -> {
                    seen.add(recent.get(name, any -> new Object()));
                    recent.get("other " + other, any -> new Object());
                    done.countDown();
                });
            }
            done.await();
            assertThat(seen).hasSize(1);
        }
    }
}
