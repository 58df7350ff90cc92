package dev.penstock.server.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyRulesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "CHAT_COMPLETIONS|{'model':'m','messages':[{'role':'user','content':'hi'}]}",
        "CHAT_COMPLETIONS|{'messages':[{'role':'user','content':'hi'}]}",
        "CHAT_COMPLETIONS|{'model':'m','stream':null,'messages':[{}]}",
        "MESSAGES|{'model':'m','stream':true,'messages':[{'content':[{'type':'text','text':'x'}]}]}",
        "RESPONSES|{'model':'m','input':''}",
        "RESPONSES|{'model':'m','input':[{'role':'user','content':'x'}]}",
        "COMPLETIONS|{'model':'m','prompt':''}",
        "COMPLETIONS|{'model':'m','prompt':['a','b']}",
        "COMPLETIONS|{'model':'m','prompt':[1,2]}",
        "COMPLETIONS|{'model':'m','prompt':[[1],[2,3]]}",
        "EMBEDDINGS|{'model':'m','input':'x'}",
        "EMBEDDINGS|{'model':'m','stream':false,'input':['x','y']}",
        "EMBEDDINGS|{'model':'m','input':[1,2]}",
        "EMBEDDINGS|{'model':'m','input':[[1],[2]]}",
        "EMBEDDINGS|{'model':'m','input':[{'type':'text','text':'x'},{'type':'image_url','image_url':{'url':'u'}}]}",
        "EMBEDDINGS|{'model':'m','input':[{'text':'x'},{'image':'u'},{'video':'v'}]}",
        "IMAGES|{'model':'m','prompt':'x'}",
        "VIDEO|{'model':'m','prompt':'x'}",
        "RERANK|{'model':'m','query':'q','documents':['d']}",
        "RERANK|{'model':'m','query':'q','documents':[{'text':'d'}]}",
        "CLASSIFY|{'model':'m','input':'x'}",
        "CLASSIFY|{'model':'m','input':['x','y']}"})
    void shouldAcceptWhatTheCallTakes(Api api, String body) {
        assertThat(BodyRules.check(api, facts(body))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "CHAT_COMPLETIONS|{'model':'m'}|NO_MESSAGES|messages|no messages in the request body",
        "CHAT_COMPLETIONS|{'model':'m','messages':[]}|NO_MESSAGES|messages|no messages in the request body",
        "MESSAGES|{'model':'m','messages':null}|NO_MESSAGES|messages|no messages in the request body",
        "CHAT_COMPLETIONS|{'messages':'x'}|INVALID_BODY|messages|error processing request body",
        "CHAT_COMPLETIONS|{'messages':['x']}|INVALID_BODY|messages|error processing request body",
        "CHAT_COMPLETIONS|{'messages':[{}],'stream':'true'}|INVALID_BODY|stream|error processing request body",
        "CHAT_COMPLETIONS|{'messages':[{}],'model':1}|INVALID_BODY|model|error processing request body",
        "RESPONSES|{'input':'x'}|INVALID_BODY|model|'model' is a required property",
        "RESPONSES|{'model':'','input':'x'}|INVALID_BODY|model|'model' is a required property",
        "RESPONSES|{'model':'m'}|INVALID_BODY|input|'input' is a required property",
        "RESPONSES|{'model':'m','input':{}}|INVALID_BODY|input|must be a string or an array of input items",
        "RESPONSES|{'model':'m','input':[]}|INVALID_BODY|input|array cannot be empty",
        "COMPLETIONS|{'model':'m'}|INVALID_BODY|prompt|'prompt' is a required property",
        "COMPLETIONS|{'model':'m','prompt':[]}|INVALID_BODY|prompt|error processing request body",
        "COMPLETIONS|{'model':'m','prompt':['a',1]}|INVALID_BODY|prompt|error processing request body",
        "EMBEDDINGS|{'model':'m','input':'x','stream':true}|STREAM_NOT_SUPPORTED|stream|stream not supported",
        "EMBEDDINGS|{'model':'m','input':'x','stream':'invalid'}|STREAM_NOT_SUPPORTED|stream|stream not supported",
        "EMBEDDINGS|{'model':'m'}|INVALID_BODY|input|'input' is a required property",
        "EMBEDDINGS|{'model':'m','input':''}|INVALID_BODY|input|error processing request body",
        "EMBEDDINGS|{'model':'m','input':[]}|INVALID_BODY|input|error processing request body",
        "EMBEDDINGS|{'model':'m','input':['']}|INVALID_BODY|input|error processing request body",
        "EMBEDDINGS|{'model':'m','input':[[]]}|INVALID_BODY|input|error processing request body",
        "EMBEDDINGS|{'model':'m','input':[[1.5]]}|INVALID_BODY|input|error processing request body",
        "EMBEDDINGS|{'model':'m','input':['a',1]}|INVALID_BODY|input|error processing request body",
        "EMBEDDINGS|{'model':'m','input':[{'type':'audio_url'}]}|INVALID_BODY|input|error processing request body",
        "EMBEDDINGS|{'model':'m','input':[{}]}|INVALID_BODY|input|error processing request body",
        "EMBEDDINGS|{'model':'m','input':{}}|INVALID_BODY|input|error processing request body",
        "IMAGES|{'model':'m'}|INVALID_BODY|prompt|'prompt' is a required property",
        "VIDEO|{'prompt':'x'}|INVALID_BODY|model|'model' is a required property",
        "RERANK|{'model':'m','documents':['d']}|INVALID_BODY|query|'query' is a required property",
        "RERANK|{'model':'m','query':'q'}|INVALID_BODY|documents|'documents' is a required property",
        "RERANK|{'model':'m','query':'q','documents':[]}|INVALID_BODY|documents|error processing request body",
        "CLASSIFY|{'model':'m','input':''}|INVALID_BODY|input|error processing request body",
        "CLASSIFY|{'model':'m','input':[]}|INVALID_BODY|input|error processing request body",
        "CLASSIFY|{'model':'m','input':[1]}|INVALID_BODY|input|error processing request body"}, quoteCharacter = '`')
    void shouldRefuseWhatItDoesNot(Api api, String body, ErrorCode code, String param, String message) {
        Violation violation = BodyRules.check(api, facts(body));
        assertThat(violation).isNotNull();
        assertThat(violation.code()).isEqualTo(code);
        assertThat(violation.param()).isEqualTo(param);
        assertThat(violation.message()).startsWith(message);
    }

    @Test
    void shouldBoundEmbeddingInputs() {
        assertThat(BodyRules.check(Api.EMBEDDINGS, facts(input("1,", 2048)))).isNull();
        assertThat(BodyRules.check(Api.EMBEDDINGS, facts(input("1,", 2049)))).isNotNull();
        assertThat(BodyRules.check(Api.EMBEDDINGS, facts(input("'a',", 2049)))).isNotNull();
        assertThat(BodyRules.check(Api.EMBEDDINGS, facts("{'input':[[1],[" + "1,".repeat(2048) + "1]]}"))).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "CHAT_COMPLETIONS|{'messages':[{'role':'system','content':'this is system'},"
                + "{'role':'user','content':'say this is test'}]}|this is system say this is test",
        "CHAT_COMPLETIONS|{'messages':[{'content':[ {'type': 'text'} ]},{'content':null},{'content':'a\\nb'}]}"
                + "|[ {'type': 'text'} ] a~b",
        "RESPONSES|{'input':'hello'}|hello",
        "RESPONSES|{'input':[{'content':'a'},{'content':[{'type':'input_text','text':'b'}]}]}"
                + "|a [{'type':'input_text','text':'b'}]",
        "COMPLETIONS|{'prompt':'caf\\u00e9 \\ud83d\\ude00 \\ud800'}|café 😀 ?",
        "COMPLETIONS|{'prompt':['a','b']}|a b",
        "COMPLETIONS|{'prompt':[1,2]}|``",
        "EMBEDDINGS|{'input':'x'}|``",
        "IMAGES|{'prompt':'a cat'}|a cat",
        "RERANK|{'documents':['hi','panda is a bear'],'query':'what is panda?'}|what is panda? hi panda is a bear",
        "CLASSIFY|{'input':['text1','text2']}|text1 text2"}, quoteCharacter = '`')
    void shouldGiveRoutersTheText(Api api, String body, String text) {
        String json = body.replace('\'', '"');
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer();
        buffer.writeCharSequence(json, StandardCharsets.UTF_8);
        assertThat(PromptText.of(Scans.facts(json), buffer, api))
                .isEqualTo(text.replace('\'', '"').replace('~', '\n'));
        buffer.release();
    }

    private static BodyFacts facts(String body) {
        return Scans.facts(body.replace('\'', '"'));
    }

    private static String input(String item, int count) {
        String items = item.repeat(count);
        return "{'input':[" + items.substring(0, items.length() - 1) + "]}";
    }
}
