package dev.penstock.cache.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.prometheus.PromAnswer.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromAnswerTest {

    @Test
    void shouldTakeNumbersAndLeaveOutWhatIsNone() {
        assertThat(PromAnswer.read("""
                {"status":"success","data":{"resultType":"vector","result":[
                 {"metric":{"instance":"10.0.0.1:8000"},"value":[1735689600.781,"0.25"]},
                 {"metric":{"instance":"10.0.0.2:8000","model_name":"a/b"},"value":[1735689600.781,"1e-3"]},
                 {"metric":{"instance":"10.0.0.3:8000"},"value":[1735689600.781,"NaN"]},
                 {"metric":{"instance":"10.0.0.4:8000"},"value":[1735689600.781,"+Inf"]},
                 {"metric":{},"value":[1735689600.781,"1"]}, {"metric":{"instance":"x"}}, 7]}}"""))
                .containsExactly(new Sample("10.0.0.1:8000", "", 0.25), new Sample("10.0.0.2:8000", "a/b", 0.001));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "{}",
            "{\"status\":\"error\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
            "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}", "{\"status\":\"success\"}"})
    void shouldRefuseOtherAnswers(String text) {
        assertThat(PromAnswer.read(text)).isNull();
    }
}
