package dev.penstock.server.admin;

import java.util.List;
import java.util.Map;

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
     * @param body the body; empty where there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
    record Request(String method, String path, String rawPath, Map<String, List<String>> query, byte[] body) {}

    /** What is answered. */
    AdminPage.Reply answer(Request request);

    /** A site of pages that can only be read, by path. */
    static AdminSite of(Map<String, AdminPage> pages) {
        return request -> {
            AdminPage page = pages.get(request.path());
            if (page == null) {
                return AdminPage.Reply.text(404, "no such page; there are: " + String.join(" ", pages.keySet()));
            }
            return request.method().equals("GET") ? page.get(request.query()) : AdminPage.Reply.only("GET, HEAD");
        };
    }
}
