package dev.penstock.cache.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelListTest {

    @Test
    void shouldFindAdaptersByWhatTheyAreMadeOf() {
        assertThat(ModelList.adapters("""
                {"object":"list","data":[
                 {"id":"meta/llama","object":"model","created":1,"owned_by":"vllm","root":"/models/llama","parent":null,
                  "max_model_len":8192,"permission":[{"id":"modelperm-1","allow_sampling":true,"group":null}]},
                 {"id":"sql","object":"model","root":"/lora/sql","parent":"meta/llama"},
                 {"id":"chat-\\u00e4","root":"meta/llama"},
                 {"id":"other","root":"other"}, {"id":7}, "x", {"id":"","parent":"meta/llama"}]}"""))
                .containsExactly("chat-ä", "sql");
        assertThat(ModelList.adapters("{\"data\":[]}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"data\":{}}", "{\"data\":[", "{\"data\":[],\"data\":[]}",
            "\u0000", "{\"data\":[\"\\ud800"})
    void shouldRefuseWhatIsNoListOfModels(String text) {
        assertThat(ModelList.adapters(text)).isNull();
    }

    @Test
    void shouldNotGoDeeperThanAnybodyNeeds() {
        assertThat(ModelList.adapters("[".repeat(200_000))).isNull();
        assertThat(ModelList.adapters("{\"data\":" + "[".repeat(100) + "]".repeat(100) + "}")).isNull();
    }
}
