package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"x-session-id", "a", "x-1"})
    void shouldAllowPlainNames(String name) {
        assertThatCode(() -> HeaderRules.check(name, "a value ~!")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "X-Session-Id", "a b", "a:b", "a\r\nb", "\u00e9", "content-length", "transfer-encoding",
        "connection", "te", "upgrade"})
    void shouldRefuseOtherNames(String name) {
        assertThatThrownBy(() -> HeaderRules.check(name, "v")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb: c", "\u0000", "\u007f", "\u00e9", "\t"})
    void shouldRefuseValuesThatWouldSplitTheAnswer(String value) {
        assertThatThrownBy(() -> HeaderRules.check("a", value)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HeaderRules.check("a", "v".repeat(4_097)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
