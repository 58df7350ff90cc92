package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends the same bytes until the connection breaks. */
final class Flood extends Thread {
    private static final Duration STILL = Duration.ofMillis(300);

    private final RawConnection to;
    private final byte[] bytes;
    volatile long sent;

    Flood(RawConnection to, String bytes) {
        this.to = to;
        this.bytes = bytes.getBytes(StandardCharsets.US_ASCII);
    }

    /** How much goes out until nothing does for a while; the buffers of the two sockets are part of it. */
    long awaitFull() throws InterruptedException {
        long before = -1;
        long now = 0;
        while (now != before) {
            before = now;
            assertThat(join(STILL)).isFalse();
            now = sent;
        }
        return now;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void run() {
        try {
            while (true) {
                to.send(bytes);
                sent += bytes.length;
            }
        } catch (UncheckedIOException e) {
            // The other side has had enough.
            interrupt();
        }
    }
}
