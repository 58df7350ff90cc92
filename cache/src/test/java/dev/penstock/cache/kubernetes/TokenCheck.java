package dev.penstock.cache.kubernetes;

import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.utils.ResponseProvider;
import java.util.List;

/** Answers a list of one pod; after the first time it takes another token, which somebody is told to hand out. */
final class TokenCheck implements ResponseProvider<Object> {

    private final List<String> seen;
    private final Runnable rotation;
    private Headers headers = Headers.builder().build();
    private String wanted = "Bearer first";

    /**
     * A check.
     *
     * @param seen where to note each token with the answer that it got
     * @param rotation called when the token changes to {@code second}
     */
    TokenCheck(List<String> seen, Runnable rotation) {
        this.seen = seen;
        this.rotation = rotation;
    }

    @Override
    public int getStatusCode(RecordedRequest request) {
        int status = wanted.equals(request.getHeader("Authorization")) ? 200 : 401;
        seen.add(request.getHeader("Authorization") + " " + status);
        if (wanted.equals("Bearer first")) {
            wanted = "Bearer second";
            rotation.run();
        }
        return status;
    }

    @Override
    public Object getBody(RecordedRequest request) {
        return seen.getLast().endsWith(" 401") ? new StatusBuilder().withCode(401).withMessage("Unauthorized").build()
                : new PodListBuilder().withNewMetadata().withResourceVersion("1").endMetadata()
                        .withItems(Pods.serving("a", "llama", "10.0.0.1").build()).build();
    }

    @Override
    public Headers getHeaders() {
        return headers;
    }

    @Override
    public void setHeaders(Headers value) {
        headers = value;
    }
}
