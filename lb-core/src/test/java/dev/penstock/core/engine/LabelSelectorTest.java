package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''                        | a=b     | true",
        "'   '                     | a=b     | true",
        "a=b                       | a=b     | true",
        "a==b                      | a=b     | true",
        "a = b                     | a=b     | true",
        "a=b                       | a=c     | false",
        "a=b                       | x=b     | false",
        "a=                        | a=      | true",
        "a=                        | x=y     | false",
        "a!=b                      | a=b     | false",
        "a!=b                      | a=c     | true",
        "a!=b                      | x=y     | true",
        "a != b                    | a=b     | false",
        "a in (b,c)                | a=c     | true",
        "a in(b)                   | a=b     | true",
        "a in ( b , c )            | a=b     | true",
        "a in (b,c)                | a=d     | false",
        "a in (b,c)                | x=b     | false",
        "a in ()                   | a=      | true",
        "a in ()                   | a=b     | false",
        "a in ()                   | x=y     | false",
        "a in (,b)                 | a=      | true",
        "a notin (b,c)             | a=b     | false",
        "a notin (b,c)             | a=d     | true",
        "a notin (b,c)             | x=y     | true",
        "a notin ()                | a=      | false",
        "a                         | a=b     | true",
        "a                         | a=      | true",
        "a                         | x=y     | false",
        "!a                        | a=b     | false",
        "! a                       | x=y     | true",
        "a=b,c=d                   | a=b;c=d | true",
        "a=b,c=d                   | a=b     | false",
        "a=b , !c , d in (e)       | a=b;d=e | true",
        "model.aibrix.ai/name=x.y  | model.aibrix.ai/name=x.y | true",
        "a in (in,notin)           | a=notin | true",
        "in in (a)                 | in=a    | true"})
    void shouldMatchAsKubernetesDoes(String selector, String labels, boolean expected) {
        LabelSelector parsed = LabelSelector.parse(selector);
        assertThat(parsed).isNotNull();
        Map<String, String> map = new HashMap<>();
        for (String label : labels.split(";", -1)) {
            map.put(label.substring(0, label.indexOf('=')), label.substring(label.indexOf('=') + 1));
        }
        assertThat(parsed.matches(map)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "a,", ",a", "a,,b", "a=b=c", "=b", "!", "!=b", "!a=b", "a!b", "a ! = b", "a=!b",
        "a in", "a in b", "a in (b", "a in b)", "a notin", "a b", "a in (b c)", "a in (b))", "-a=b", "a-",
        "a=-b", "a=b.",
        "a/b/c", "/a", "a/", "A.b/c",
        "a>5", "a=b;c=d", "\u00e9=b", "a=\u00e9", "(a)", "a===b", "a\u0000"})
    void shouldRefuseGarbage(String selector) {
        assertThat(LabelSelector.parse(selector)).isNull();
    }

    @Test
    void shouldBoundKeysValuesAndTexts() {
        String name = "n".repeat(63);
        assertThat(LabelSelector.parse(name + "=" + name)).isNotNull();
        assertThat(LabelSelector.parse(name + "n=b")).isNull();
        assertThat(LabelSelector.parse("a=" + name + "n")).isNull();
        assertThat(LabelSelector.parse("a=b," + " ".repeat(5_000) + "c=d")).isNull();
    }

    @Test
    void shouldNeverThrow() {
        Random random = new Random(13);
        String alphabet = "ab!=(),  \t\n/.-in notin\u00e9\u0000";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(24);
            for (int j = 0; j < length; j++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            LabelSelector parsed = LabelSelector.parse(text.toString());
            if (parsed != null) {
                parsed.matches(Map.of("a", "b"));
            }
        }
    }

    @Test
    @Timeout(10)
    void shouldReadHostileTextsInLinearTime() {
        for (String piece : new String[] {",  ", "a ,  ", " in ", "(((", "a-", "a.", "!"}) {
            for (int i = 0; i < 200; i++) {
                String text = "a in (" + piece.repeat(4_000 / piece.length()) + "%";
                assertThat(LabelSelector.parse(text)).isNull();
            }
        }
    }
}
