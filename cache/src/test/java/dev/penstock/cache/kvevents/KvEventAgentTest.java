package dev.penstock.cache.kvevents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.CacheRole;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.spi.KvEvent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Publishers of ZeroMQ on loopback, and a real thread that hears them. */
@Timeout(60)
class KvEventAgentTest {

    private static final KvEventSettings SETTINGS = new KvEventSettings(true, 1, 1, TimeUnit.SECONDS.toNanos(20));

    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).kvEvents(SETTINGS).start();

    @AfterEach
    void close() {
        cache.close();
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                .noneMatch(name -> name.equals("lb-kv"));
    }

    private void listen() {
        Objects.requireNonNull(cache.kvEvents()).onEvent(new KvEventListener() {
            @Override
            public boolean event(int shard, KvEvent event) {
                String pod = event.endpoint().name() + ':' + event.endpoint().port() + ' ';
                return heard.add(pod + (event instanceof KvEvent.Removed removed ? Long.toString(removed.hashes()[0])
                        : event.getClass().getSimpleName()));
            }

            @Override
            public boolean hasRoom(int shard) {
                return true;
            }
        });
    }

    private static PodSpec pod(String name, Map<String, String> labels, Integer... ports) {
        return new PodSpec(new PodIdentity("default", name, name + "-uid"), "127.0.0.1", List.of(ports), null, "vllm",
                true, labels, Map.of(), Set.of("m"));
    }

    private static PodSpec pod(String name, FakePublisher publisher) {
        return pod(name, Map.of(KvPublisher.ENABLED, "true", KvPublisher.PORT, Integer.toString(publisher.port()),
                KvPublisher.REPLAY_PORT, Integer.toString(publisher.replayPort())), 8000);
    }

    private void fleet(PodSpec... pods) {
        assertThat(cache.proxy().offer(new CacheCommand.PodsReplaced("test",
                new FleetSpec(List.of(pods), List.of())))).isTrue();
    }

    private void expect(String... events) throws InterruptedException {
        for (String event : events) {
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(event);
        }
    }

    /** Publishes until somebody has subscribed and hears it: before that, ZeroMQ drops what is published. */
    private long publishUntilHeard(FakePublisher publisher, long number) throws InterruptedException {
        long next = number;
        while (heard.isEmpty()) {
            publisher.publish(next++);
            String first = heard.poll(20, TimeUnit.MILLISECONDS);
            if (first != null) {
                heard.add(first);
            }
        }
        return next;
    }

    @Test
    void shouldTellWhatWasBeforeAndWhatIsMissed() throws InterruptedException {
        try (FakePublisher publisher = new FakePublisher()) {
            publisher.keep(0);
            publisher.keep(1);
            listen();
            fleet(pod("a", publisher), pod("silent", Map.of(), 8000));

            assertThat(publisher.answer()).isZero();
            expect("a:8000 Cleared", "a:8000 0", "a:8000 1");
            publisher.keep(2);
            long next = 3;
            // Whether the first ones come depends on when the subscription is there: a gap in any case.
            publisher.publish(next++);
            publisher.publish(next++);
            assertThat(answerWhilePublishing(publisher, next)).isEqualTo(2);
            expect("a:8000 2", "a:8000 3", "a:8000 4");
        }
    }

    private static long answerWhilePublishing(FakePublisher publisher, long next) {
        long number = next;
        while (!publisher.asked(20)) {
            publisher.publish(number++);
        }
        return publisher.answer();
    }

    @Test
    void shouldFollowThePodsThatOfferIt() throws InterruptedException {
        try (FakePublisher publisher = new FakePublisher(); FakePublisher other = new FakePublisher()) {
            listen();
            fleet(pod("a", publisher));
            publisher.answer();
            expect("a:8000 Cleared");

            fleet(pod("a", Map.of(KvPublisher.ENABLED, "false"), 8000), pod("b", other));
            expect("a:8000 Resync");
            other.answer();
            expect("b:8000 Cleared");
            publishUntilHeard(other, 0);
            expect("b:8000 0");
        }
    }

    @Test
    void shouldHearAnEngineAgainThatComesBack() throws InterruptedException {
        FakePublisher publisher = new FakePublisher();
        listen();
        fleet(pod("a", publisher));
        publisher.answer();
        expect("a:8000 Cleared");
        publishUntilHeard(publisher, 0);
        heard.clear();
        publisher.close();

        try (FakePublisher back = new FakePublisher(publisher.port(), publisher.replayPort())) {
            for (long number = 0; number < 200; number++) {
                back.keep(number);
            }
            assertThat(back.answer()).as("another engine, for all that is known").isZero();
            String first = heard.poll(30, TimeUnit.SECONDS);
            while (first != null && !first.endsWith("Cleared")) {
                // What was still on its way from the one before.
                first = heard.poll(30, TimeUnit.SECONDS);
            }
            expect("a:8000 0", "a:8000 1");
        }
    }

    @Test
    void shouldKeepRanksOfAPodApart() throws InterruptedException {
        try (FakePublisher first = new FakePublisher(); FakePublisher second = new FakePublisher()) {
            listen();
            fleet(pod("a", Map.of(KvPublisher.ENABLED, "true", KvPublisher.PORT,
                    first.port() + "." + second.port(), KvPublisher.REPLAY_PORT,
                    first.replayPort() + "." + second.replayPort()), 8000, 8001));
            second.keep(0);
            second.answer();

            expect("a:8001 Cleared", "a:8001 0");
        }
    }
}
