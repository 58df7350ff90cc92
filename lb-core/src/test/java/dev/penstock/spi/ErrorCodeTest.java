package dev.penstock.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {

    private static final String BODY = "x-error-request-body-processing";

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "UNKNOWN_PATH, 501, " + BODY + ", api_error, -, -, unknown request path",
        "INVALID_BODY, 400, " + BODY + ", invalid_request_error, -, -, error processing request body",
        "NO_MESSAGES, 400, " + BODY + ", invalid_request_error, -, messages, no messages in the request body",
        "USAGE_REQUIRED, 400, x-error-no-stream-options-include-usage, invalid_request_error, -, stream_options,"
            + " include usage for stream options not set",
        "STREAM_NOT_SUPPORTED, 400, " + BODY + ", invalid_request_error, -, stream,"
            + " stream not supported for embeddings",
        "INVALID_MULTIPART, 400, x-error-multipart-parsing, invalid_request_error, -, -,"
            + " audio requests must use multipart/form-data content-type",
        "MODEL_NOT_FOUND, 400, x-error-no-model-backends, invalid_request_error, model_not_found, model,"
            + " model does not exist",
        "NO_READY_POD, 503, x-error-no-model-backends, overloaded_error, service_unavailable, -,"
            + " error on getting pods for model",
        "MODEL_NOT_ACTIVE, 503, x-error-no-model-backends, overloaded_error, service_unavailable, model,"
            + " model is not active; retry shortly",
        "USER_RPM_EXCEEDED, 429, x-error-rpm-exceeded, rate_limit_error, rate_limit_exceeded, -,"
            + " user has exceeded the requests per minute",
        "USER_TPM_EXCEEDED, 429, x-error-tpm-exceeded, rate_limit_error, rate_limit_exceeded, -,"
            + " user has exceeded the tokens per minute",
        "MODEL_RPS_EXCEEDED, 429, x-error-model-rps-exceeded, rate_limit_error, rate_limit_exceeded, -,"
            + " model has exceeded its requests per second",
        "REPLICA_INFLIGHT_EXCEEDED, 429, x-error-model-replica-inflight-exceeded, rate_limit_error,"
            + " replica_inflight_exceeded, -, model has exceeded its requests in flight",
        "UNKNOWN_STRATEGY, 400, x-error-routing, invalid_request_error, -, -, incorrect routing strategy",
        "NO_ENDPOINT_SELECTED, 503, x-error-routing, overloaded_error, service_unavailable, -,"
            + " error on selecting target pod"})
    void shouldAnswerAsAibrixDoes(ErrorCode error, int status, String marker, String type, String code, String param,
            String message) {
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.markerHeader()).isEqualTo(marker);
        assertThat(error.type()).isEqualTo(type);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.param()).isEqualTo(param);
        assertThat(error.message()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource({"400, invalid_request_error", "404, invalid_request_error", "426, invalid_request_error",
        "401, authentication_error",
        "403, permission_error", "429, rate_limit_error", "503, overloaded_error", "500, api_error", "501, api_error",
        "502, api_error", "504, api_error"})
    void shouldNameTheTypeByStatus(int status, String type) {
        assertThat(ErrorCode.typeOf(status)).isEqualTo(type);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeFitForAHeaderAndALabel(ErrorCode error) {
        assertThat(error.label()).matches("[a-z_]+");
        assertThat(error.message()).isNotBlank();
        assertThat(error.status()).isBetween(400, 599);
        assertThat(error.markerHeader()).satisfiesAnyOf(name -> assertThat(name).isNull(),
                name -> assertThat(name).matches("x-error-[a-z-]+"));
    }

    @Test
    void shouldKnowEachCallByItsPath() {
        for (Api api : Api.values()) {
            assertThat(Api.atPath(api.path())).isSameAs(api);
        }
        assertThat(Api.atPath("/v1/nothing")).isNull();
    }
}
