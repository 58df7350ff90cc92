package dev.penstock.server.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.port.Metrics;
import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.http2.FloodGuard.Kind;
import dev.penstock.testkit.HandClock;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloodGuardTest {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int MOST = 3;

    private final HandClock clock = new HandClock();
    private final FloodGuard guard = new FloodGuard(clock::nanoTime,
            new Http2Settings(1, 65_535, 65_535, MOST, MOST), new Http2Metrics(Metrics.NONE));

    private void count(Kind kind, int times) {
        assertThatCode(() -> {
            for (int i = 0; i < times; i++) {
                guard.count(kind);
            }
        }).doesNotThrowAnyException();
    }

    private void assertFlood(Kind kind) {
        assertThatThrownBy(() -> guard.count(kind)).isInstanceOfSatisfying(Http2Exception.class, flood -> {
            assertThat(flood.error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
            assertThat(Http2Exception.isStreamError(flood)).isFalse();
        });
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "UNREAD", mode = EnumSource.Mode.EXCLUDE)
    void shouldCountAnewInEachWindow(Kind kind) {
        for (int window = 0; window < 5; window++) {
            count(kind, MOST);
            clock.advance(WINDOW);
        }
        count(kind, MOST);
        assertFlood(kind);
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "UNREAD", mode = EnumSource.Mode.EXCLUDE)
    void shouldRemember(Kind kind) {
        count(kind, MOST);
        clock.advance(WINDOW.minusNanos(1));
        assertFlood(kind);
    }

    @Test
    void shouldCountEachKindApart() {
        count(Kind.RESETS, MOST);
        count(Kind.ERRORS, MOST);
        count(Kind.CONTROL, MOST);
        assertFlood(Kind.ERRORS);
    }

    @Test
    void shouldBeginAWindowWithTheFirstFrameBehindTheLastOne() {
        clock.advance(WINDOW.multipliedBy(3).dividedBy(2));
        count(Kind.CONTROL, MOST);
        clock.advance(WINDOW.minusNanos(1));
        assertFlood(Kind.CONTROL);
        clock.advance(Duration.ofNanos(1));
        count(Kind.CONTROL, MOST);
    }

    @Test
    void shouldNeverTakeAnswersThatNobodyReads() {
        assertFlood(Kind.UNREAD);
    }
}
