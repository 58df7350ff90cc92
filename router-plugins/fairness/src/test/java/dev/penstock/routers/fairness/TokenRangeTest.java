package dev.penstock.routers.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenRangeTest {

    private final TokenRange range = new TokenRange();

    @Test
    void shouldKnowNobodyAtFirstAndInTheEnd() {
        assertThat(range.isEmpty()).isTrue();
        int place = range.take();
        assertThat(range.isEmpty()).as("has none").isTrue();
        range.set(place, 3);
        assertThat(range.isEmpty()).isFalse();
        range.set(place, 0);
        assertThat(range.isEmpty()).isTrue();
        range.set(place, 3);
        range.release(place);
        assertThat(range.isEmpty()).isTrue();
    }

    @Test
    void shouldUseAPlaceAgainWhenItsUserIsForgotten() {
        int first = range.take();
        int second = range.take();
        range.release(first);
        assertThat(range.take()).isEqualTo(first).isNotEqualTo(second);
    }

    @Test
    void shouldAgreeWithAListOfAll() {
        Random random = new Random(Long.getLong("penstock.test.seed", 1));
        Map<Integer, Double> all = new HashMap<>();
        int mostAtOnce = 0;
        for (int step = 0; step < 20_000; step++) {
            mostAtOnce = Math.max(mostAtOnce, all.size());
            boolean growing = step / 2_000 % 2 == 0;
            List<Integer> places = new ArrayList<>(all.keySet());
            if (places.isEmpty() || random.nextInt(10) < (growing ? 3 : 1)) {
                int place = range.take();
                assertThat(all.put(place, 0.0)).as("place %s was free", place).isNull();
            } else {
                int place = places.get(random.nextInt(places.size()));
                if (random.nextInt(10) < 3) {
                    range.release(place);
                    all.remove(place);
                } else {
                    double tokens = random.nextInt(50) - 1;
                    range.set(place, tokens);
                    all.put(place, tokens);
                }
            }
            List<Double> some = all.values().stream().filter(tokens -> tokens > 0).sorted().toList();
            assertThat(range.isEmpty()).isEqualTo(some.isEmpty());
            if (!some.isEmpty()) {
                assertThat(range.fewest()).isEqualTo(some.getFirst());
                assertThat(range.most()).isEqualTo(some.getLast());
            }
        }
        assertThat(mostAtOnce).as("it had to grow").isGreaterThan(64);
    }
}
