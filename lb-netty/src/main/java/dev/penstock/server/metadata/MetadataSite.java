package dev.penstock.server.metadata;

import dev.penstock.core.port.SnapshotSource;
import dev.penstock.core.port.Users;
import dev.penstock.server.admin.AdminPage.Reply;
import dev.penstock.server.admin.AdminSite;
import dev.penstock.server.admin.JsonPage;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the metadata service answers, and where. By the thread of the server alone. */
public final class MetadataSite implements AdminSite {

    private static final String MODELS = "/v1/models";
    private static final String PODS = "/v1/pods";

    private final AdminSite pages;
    private final FleetPages fleet;
    private final UserPages users;

    /**
     * Models and pods of a fleet, and users.
     *
     * @param pages what else there is: health, readiness, metrics
     */
    public MetadataSite(AdminSite pages, SnapshotSource snapshots, Users users) {
        this.pages = pages;
        this.fleet = new FleetPages(snapshots);
        this.users = new UserPages(users);
    }

    @Override
    public CompletionStage<Reply> answer(Request request) {
        String path = request.rawPath();
        if (UserPages.PATHS.contains(path)) {
            return now(request.method().equals("POST") ? users.answer(path, request.body()) : Reply.only("POST"));
        }
        boolean ours = path.equals(MODELS) || path.startsWith(MODELS + "/") || path.equals(PODS)
                || path.startsWith(PODS + "/");
        if (!ours) {
            return pages.answer(request);
        }
        return now(request.method().equals("GET") ? fleet(path) : Reply.only("GET, HEAD"));
    }

    private static CompletionStage<Reply> now(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private Reply fleet(String path) {
        if (path.equals(MODELS) || path.equals(MODELS + "/")) {
            return fleet.models();
        } else if (path.startsWith(MODELS)) {
            // Names of models have slashes, too. One that ends like this page encodes its last one: %2Fpods.
            String name = path.substring(MODELS.length() + 1);
            return name.endsWith("/pods") ? fleet.podsOf(decode(name.substring(0, name.length() - "/pods".length())))
                    : fleet.model(decode(name));
        }
        String[] pod = path.substring(PODS.length()).split("/", -1);
        if (pod.length <= 2 && pod[pod.length - 1].isEmpty()) {
            return fleet.pods();
        } else if (pod.length == 3) {
            return fleet.pod(decode(pod[1]), decode(pod[2]));
        }
        return JsonPage.error(404, "not_found", "expected: " + PODS + "/NAMESPACE/NAME", "path");
    }

    private static String decode(String raw) {
        // A plus stands for itself in a path.
        return QueryStringDecoder.decodeComponent(raw.replace("+", "%2B"));
    }
}
