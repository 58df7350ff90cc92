package dev.penstock.server.admin;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that a port answers. Called by the thread of the port alone; must not block for long. */
@FunctionalInterface
public interface AdminSite {

    /**
     * What is asked.
     *
     * @param method the method; a HEAD is asked as a GET
     * @param path the path, decoded
     * @param rawPath the path as it was sent
     * @param query the parameters of the query string
     * @param headers the value of the first header with a name in lower case, or null
     * @param body the body; empty where there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
    record Request(String method, String path, String rawPath, Map<String, List<String>> query,
            Function<String, @Nullable String> headers, byte[] body) {}

    /** What is answered, now or later; a failure is a failure of the page. */
    CompletionStage<AdminPage.Reply> answer(Request request);

    /**
     * The same site with a page to which one posts.
     *
     * @param path its path, at which the site has a page that says so
     * @param page the page
     */
    default AdminSite posting(String path, AdminSite page) {
        return request -> request.path().equals(path) && request.method().equals("POST") ? page.answer(request)
                : answer(request);
    }

    /** A site of pages that can only be read, by path. */
    static AdminSite of(Map<String, AdminPage> pages) {
        return request -> {
            AdminPage page = pages.get(request.path());
            AdminPage.Reply reply = page == null
                    ? AdminPage.Reply.text(404, "no such page; there are: " + String.join(" ", pages.keySet()))
                    : request.method().equals("GET") ? page.get(request.query()) : AdminPage.Reply.only("GET, HEAD");
            return CompletableFuture.completedFuture(reply);
        };
    }
}
