package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TicketsTest {
    private final Tickets tickets = new Tickets(5, 3, Duration.ofMinutes(1).toNanos());

    @Test
    void shouldHandOutEachNumberOnce() {
        assertThat(new long[] {tickets.take(), tickets.take(), tickets.take()}).containsExactly(5, 6, 7);
        assertThat(tickets.take()).isEqualTo(-1);
    }

    @Test
    void shouldHandOutNothingDuringAPause() {
        tickets.pause();
        CompletableFuture<Long> taken = CompletableFuture.supplyAsync(tickets::take);
        tickets.resume();

        assertThat(taken.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(5);
    }

    @Test
    void shouldEndAPauseWhenItStops() {
        tickets.pause();
        CompletableFuture<Long> taken = CompletableFuture.supplyAsync(tickets::take);
        tickets.stop();

        assertThat(taken.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(-1);
    }

    @Test
    void shouldEndWithTheTime() {
        assertThat(new Tickets(0, 1, 0).take()).isEqualTo(-1);
    }
}
