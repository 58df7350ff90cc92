package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.TrafficSplit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests for a name that is split over other models. */
@Timeout(30)
class SplitTest {
    private static final String USAGE = "\"stream_options\":{\"include_usage\":true},";

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        proxy.routers.release.countDown();
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private void split(String to, Map<String, Integer> weights) {
        proxy.fleet.publish(pods -> List.of(TestFleet.model(to, pods, null),
                new Model("chat", "chat", EndpointList.EMPTY, EndpointList.EMPTY, 0, null, null,
                        TrafficSplit.of(weights), null, List.of())));
    }

    private String sent(String request) {
        client.send(request);
        RawConnection pod = engine.accept();
        RawConnection.Message message = pod.readMessage();
        pod.send(Http.ok("{\"model\":\"blue\"}", "connection: close"));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).as("left as it is").isEqualTo("{\"model\":\"blue\"}");
        pod.close();
        assertThat(message.header("content-length")).isEqualTo(Integer.toString(message.body().length()));
        return message.body();
    }

    @Test
    void shouldAskThePodForTheModelThatItKnows() {
        split("blue", Map.of("blue", 1));
        assertThat(sent(Http.post("/v1/chat/completions",
                "{\"seed\":12345678901234567890, \"model\" : \"chat\" ,\"messages\":[{\"content\":\"hi\"}]}")))
                .isEqualTo("{\"seed\":12345678901234567890, \"model\" : \"blue\" ,"
                        + "\"messages\":[{\"content\":\"hi\"}]}");
        assertThat(proxy.count("gateway_requestmodel/blue")).isEqualTo(1);
        assertThat(proxy.count("gateway_requestmodel/chat")).isZero();
    }

    @Test
    void shouldAskForUsageAndForTheModelInOne() {
        split("b\"lue", Map.of("b\"lue", 1));
        String rest = "\"messages\":[{\"content\":\"hi\"}]}";
        assertThat(sent(Http.post("/v1/chat/completions", "{\"model\":\"chat\",\"stream\":true," + rest)))
                .isEqualTo("{" + USAGE + "\"model\":\"b\\\"lue\",\"stream\":true," + rest);
        assertThat(sent(Http.post("/v1/chat/completions",
                "{\"stream_options\":{},\"stream\":true,\"model\":\"chat\"," + rest)))
                .isEqualTo("{" + USAGE + "\"stream\":true,\"model\":\"b\\\"lue\"," + rest);
    }

    @Test
    void shouldLeaveOutModelsWithoutAWeight() {
        split("blue", Map.of("blue", 1, "chat", 0));
        for (int i = 0; i < 5; i++) {
            assertThat(sent(Http.post("/v1/chat/completions", Http.CHAT.replace("\"m\"", "\"chat\""))))
                    .contains("\"model\":\"blue\"");
        }
    }

    @Test
    void shouldSaySoInTheNameOfTheClientWhereNoTargetIsReady() {
        split("blue", Map.of("blue", 1));
        proxy.fleet.publish(pods -> List.of(
                new Model("blue", "blue", EndpointList.of(pods), EndpointList.EMPTY, 0, null, null),
                new Model("chat", "chat", EndpointList.EMPTY, EndpointList.EMPTY, 0, null, null,
                        TrafficSplit.of(Map.of("blue", 1)), null, List.of())));
        RawConnection.Message answer = client.send(Http.post("/v1/chat/completions",
                Http.CHAT.replace("\"m\"", "\"chat\""))).readMessage();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("error on getting pods for model chat");
    }

    @Test
    void shouldNameTheModelInTheQueryOfAWebSocket() {
        assertThat(QueryModel.renamed("/v1/realtime?a=1&model=chat&b=%20", "o/ne two"))
                .isEqualTo("/v1/realtime?a=1&model=o%2Fne+two&b=%20");
        assertThat(QueryModel.of(QueryModel.renamed("/v1/realtime?m%6fdel=x", "b&=c").substring(13)))
                .isEqualTo("b&=c");
    }
}
