package dev.penstock.server.explain;

import dev.penstock.server.admin.AdminPage;
import dev.penstock.server.admin.AdminSite;
import dev.penstock.server.admin.JsonPage;
import dev.penstock.server.exchange.Preview;
import dev.penstock.server.exchange.Previews;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * {@code /admin/explain}: takes the body of a request, and answers what strategies would choose for it. Called by
 * {@code lb-admin} alone, which does not wait for the answer. The body is shown to nobody.
 */
public final class ExplainPage implements AdminSite {

    /** Where it is. */
    public static final String PATH = "/admin/explain";
    /** Most bytes of a body: a million tokens are about as long. */
    public static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

    private static final String CALL = "/v1/chat/completions";

    private final Previews previews;

    /** A page that asks for previews. */
    public ExplainPage(Previews previews) {
        this.previews = previews;
    }

    /** What there is to read where one has to post. */
    public static AdminPage usage() {
        return query -> AdminPage.Reply.text(200, "POST the body of a request here, with its headers; "
                + "?path=" + CALL + " says which call it is, ?strategy=NAME, as often as you like, whom to ask");
    }

    @Override
    public CompletionStage<AdminPage.Reply> answer(Request request) {
        List<String> paths = request.query().getOrDefault("path", List.of(CALL));
        return previews.of(new AskedHead(paths.getFirst(), request.headers(), request.body().length), request.body(),
                request.query().getOrDefault("strategy", List.of())).thenApply(preview -> switch (preview) {
                    case Preview.Routed routed -> JsonPage.of(200, json -> new ExplainDocument(json).write(routed));
                    case Preview.Refused(int status, String code, String message, String param) ->
                            JsonPage.error(status, code, message, Objects.requireNonNullElse(param, ""));
                });
    }
}
