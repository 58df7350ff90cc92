package dev.penstock.server.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "/ /",
        "/v1/models /v1/models",
        "/v1/models/ /v1/models",
        "//v1///models// /v1/models",
        "/v1/./models /v1/models",
        "/v1/x/../models /v1/models",
        "/v1/models/.. /v1",
        "/v1/models/. /v1/models",
        "/v1/%6dodels /v1/models",
        "/v1/%2e%2E/a /a",
        "/v1/.%2e/a /a",
        "/%7euser /~user",
        "/a%20b%c3%a9 /a%20b%C3%A9",
        "/a%252e%252e/b /a%252e%252e/b",
        "/.well-known/x /.well-known/x",
        "/v1/... /v1/...",
        "/a;b=c /a;b=c"})
    void shouldNormalizeOnce(String target, String path) {
        RequestPath parsed = RequestPath.parse(target);
        assertThat(parsed).isNotNull();
        assertThat(parsed.path()).isEqualTo(path);
        assertThat(RequestPath.parse(path)).isEqualTo(new RequestPath(path, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "v1/models", "/..", "/v1/../..", "/%2e%2e", "/a/%2e%2e/%2e%2e", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b",
        "/a%00", "/a%0d%0a", "/a%7f", "/a b", "/a\tb", "/a\u0000", "/é", "/a%", "/a%2", "/a%zz", "/a#b", "?x",
        "http:///x", "ftp://h/x", "http://u@h/x", "host:443"})
    void shouldRefuseWhatTwoServersCouldReadDifferently(String target) {
        assertThat(RequestPath.parse(target)).isNull();
    }

    @Test
    void shouldKeepTheQueryAsSent() {
        assertThat(RequestPath.parse("/v1/models/?a=%2f..//&b=?")).isEqualTo(
                new RequestPath("/v1/models", "a=%2f..//&b=?", null));
        RequestPath empty = RequestPath.parse("/v1?");
        assertThat(empty).isNotNull();
        assertThat(empty.target()).isEqualTo("/v1?");
    }

    @Test
    void shouldTakeTheHostOutOfAnAbsoluteTarget() {
        assertThat(RequestPath.parse("http://lb:80/v1//models?x=1")).isEqualTo(
                new RequestPath("/v1/models", "x=1", "lb:80"));
        assertThat(RequestPath.parse("HTTPS://lb")).isEqualTo(new RequestPath("/", null, "lb"));
        assertThat(RequestPath.parse("http://[::1]:80?q")).isEqualTo(new RequestPath("/", "q", "[::1]:80"));
        assertThat(RequestPath.parse("*")).isEqualTo(new RequestPath("*", null, null));
    }

    @Test
    void shouldReachANormalFormThatStays() {
        String[] parts = {"/", "//", ".", "..", "%2e", "%2E", "a", "%61", "v1", "%25", "%2e", "?", "/./", "/../"};
        Random random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            StringBuilder target = new StringBuilder("/");
            for (int n = random.nextInt(9); n > 0; n--) {
                target.append(parts[random.nextInt(parts.length)]);
            }
            RequestPath parsed = RequestPath.parse(target.toString());
            if (parsed != null) {
                String path = parsed.path();
                assertThat(path).startsWith("/").doesNotContain("//").doesNotContain("/./").doesNotContain("/../");
                assertThat(path.length() == 1 || !(path.endsWith("/") || path.endsWith("/.") || path.endsWith("/..")))
                        .as(target.toString()).isTrue();
                assertThat(RequestPath.parse(parsed.target())).isEqualTo(parsed);
            }
        }
    }
}
