package dev.penstock.bench.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class StartFiguresTest {

    @Test
    void shouldWantTwiceTheYardstickAndALittleMore() {
        StartFigures figures = new StartFigures(List.of(0.05, 0.9, 0.04), List.of(0.40, 0.2, 0.41));
        assertThat(figures.wantedSeconds()).isEqualTo(0.4);
        assertThat(figures.asWanted()).isTrue();
        assertThat(figures.line()).contains("after 0.40 s (least 0.20, most 0.41)", "-version 0.05 s", "met", "3 runs");
    }

    @Test
    void shouldSayThatItIsTooSlow() {
        assertThat(new StartFigures(List.of(0.05), List.of(0.42)).line()).contains("MISSED", "0.40 s");
    }

    @Test
    void shouldTakeTheMiddleOfAnEvenNumber() {
        assertThat(StartFigures.median(List.of(4.0, 1.0, 2.0, 10.0))).isEqualTo(3);
    }

    @Test
    void shouldNotCompareWhatWasNotMeasuredInTurn() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StartFigures(List.of(1.0), List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new StartFigures(List.of(), List.of()));
    }
}
