package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AddressCountsTest {
    private static long key(int... bytes) throws UnknownHostException {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        return AddressCounts.key(InetAddress.getByAddress(raw));
    }

    @Test
    void shouldCountEachAddressApart() throws UnknownHostException {
        AddressCounts counts = new AddressCounts(7);
        long one = key(10, 0, 0, 1);
        long other = key(10, 0, 0, 2);
        assertThat(counts.add(one)).isEqualTo(1);
        assertThat(counts.add(one)).isEqualTo(2);
        assertThat(counts.add(other)).isEqualTo(1);
        counts.remove(one);
        assertThat(counts.add(one)).isEqualTo(2);
    }

    @Test
    void shouldTakeANetworkOfIpv6ForOneClient() throws UnknownHostException {
        long one = key(0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1);
        assertThat(key(0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9)).isEqualTo(one);
        assertThat(key(0x20, 1, 0xd, 0xb8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1)).isNotEqualTo(one);
        assertThat(key(0, 0, 0, 0)).isNotEqualTo(key(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
    }

    @Test
    void shouldStayExactAmongThousandsOfAddresses() {
        AddressCounts counts = new AddressCounts(11);
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 5_000; i++) {
            counts.add(random.nextLong());
        }
        long mine = 42;
        for (int i = 1; i <= 10; i++) {
            assertThat(counts.add(mine)).isEqualTo(i);
        }
    }

    @Test
    @Timeout(30)
    void shouldLoseNothingBetweenThreads() throws InterruptedException {
        AddressCounts counts = new AddressCounts(13);
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = Thread.ofPlatform().start(() -> {
                awaitUninterruptibly(start);
                for (int i = 0; i < 20_000; i++) {
                    assertThat(counts.add(5)).isPositive();
                    counts.remove(5);
                }
            });
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(counts.add(5)).isEqualTo(1);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
