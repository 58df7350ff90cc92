package dev.penstock.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

final class LeakGuardTest {
    @Test
    void shouldFailWhenABufferWasForgotten() {
        forget();

        assertThatThrownBy(LeakGuard::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 leaked")
                .hasMessageContaining("LeakGuardTest.forget");
    }

    @Test
    void shouldPassWhenABufferWasReleased() {
        ByteBufAllocator.DEFAULT.buffer(16).release();

        assertThatCode(LeakGuard::check).doesNotThrowAnyException();
    }

    private static void forget() {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(16);
        buffer.writeByte(1);
    }
}
