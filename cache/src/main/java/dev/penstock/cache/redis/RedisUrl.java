package dev.penstock.cache.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Where a Redis is. Immutable.
 *
 * @param mode what stands there
 * @param tls whether it speaks TLS
 * @param nodes where it, its Sentinels or some of its nodes are; at least one
 * @param master name of the master that the Sentinels watch; empty without Sentinels
 * @param database number of the database; 0 in a Cluster
 */
record RedisUrl(Mode mode, boolean tls, List<Node> nodes, String master, int database) {

    /** What stands at an address. */
    enum Mode {
        /** One server. */
        SINGLE,
        /** Sentinels that name the master. */
        SENTINEL,
        /** Nodes of a Cluster. */
        CLUSTER
    }

    /**
     * An address.
     *
     * @param host a name or an address; of IPv6 without brackets
     * @param port the port
     */
    record Node(String host, int port) {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port;
        }
    }

    static final String EXPECTED = "expected: redis://host:port[/database],"
            + " redis-sentinel://host:port,host:port/master[/database] or redis-cluster://host:port,host:port;"
            + " with TLS rediss, rediss-sentinel, rediss-cluster";
    private static final String NO_CREDENTIALS = "no user and no password here, where everybody sees them"
            + " (expected: redis.username, and redis.password-file or PENSTOCK_REDIS_PASSWORD)";
    private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?";
    private static final int REDIS_PORT = 6_379;
    private static final int SENTINEL_PORT = 26_379;
    private static final int MOST_PORT = 65_535;
    private static final int MOST_DATABASE = 1_000_000;

    RedisUrl {
        nodes = List.copyOf(nodes);
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException says what is wrong and what was expected, without repeating a password
     */
    static RedisUrl parse(String text) {
        int end = text.indexOf("://");
        if (text.indexOf('@') >= 0) {
            throw new IllegalArgumentException(NO_CREDENTIALS);
        }
        if (end < 0) {
            throw unexpected(text, "no scheme");
        }
        String scheme = text.substring(0, end).toLowerCase(Locale.ROOT);
        Mode mode = switch (scheme) {
            case "redis", "rediss" -> Mode.SINGLE;
            case "redis-sentinel", "rediss-sentinel" -> Mode.SENTINEL;
            case "redis-cluster", "rediss-cluster" -> Mode.CLUSTER;
            default -> throw unexpected(text, "unknown scheme " + scheme);
        };
        String[] parts = text.substring(end + "://".length()).split("/", -1);
        List<Node> nodes = new ArrayList<>();
        for (String node : parts[0].split(",", -1)) {
            nodes.add(node(text, node, mode == Mode.SENTINEL ? SENTINEL_PORT : REDIS_PORT));
        }
        if (mode == Mode.SINGLE && nodes.size() > 1) {
            throw unexpected(text, "several hosts");
        }
        List<String> path = path(parts);
        String master = "";
        if (mode == Mode.SENTINEL) {
            if (path.isEmpty() || !path.getFirst().matches("[A-Za-z0-9._-]+")) {
                throw unexpected(text, "no name of a master");
            }
            master = path.removeFirst();
        }
        int database = mode == Mode.CLUSTER || path.isEmpty() ? 0 : database(text, path.removeFirst());
        if (!path.isEmpty()) {
            throw unexpected(text, "not understood: /" + String.join("/", path));
        }
        return new RedisUrl(mode, scheme.startsWith("rediss"), nodes, master, database);
    }

    private static List<String> path(String[] parts) {
        List<String> path = new ArrayList<>(Arrays.asList(parts).subList(1, parts.length));
        if (!path.isEmpty() && path.getLast().isEmpty()) {
            path.removeLast();
        }
        return path;
    }

    private static Node node(String url, String text, int defaultPort) {
        int bracket = text.lastIndexOf(']');
        int colon = text.indexOf(':', Math.max(bracket, 0));
        String host = colon < 0 ? text : text.substring(0, colon);
        if (bracket >= 0) {
            if (!host.matches("\\[[0-9A-Fa-f:.]+]")) {
                throw unexpected(url, "no host: " + text);
            }
            host = host.substring(1, host.length() - 1);
        } else if (!host.matches(NAME)) {
            throw unexpected(url, host.isEmpty() ? "no host" : "no host: " + host);
        }
        return new Node(host, colon < 0 ? defaultPort
                : number(url, text.substring(colon + 1), 1, MOST_PORT, "no port"));
    }

    private static int database(String url, String text) {
        return number(url, text, 0, MOST_DATABASE, "no database");
    }

    private static int number(String url, String text, int least, int most, String wrong) {
        if (text.matches("[0-9]{1,7}")) {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw unexpected(url, wrong + ": " + text);
    }

    private static IllegalArgumentException unexpected(String url, String wrong) {
        return new IllegalArgumentException(url + ": " + wrong + " (" + EXPECTED + ")");
    }

    /** For a person. */
    String words() {
        return switch (mode) {
            case SINGLE -> nodes.getFirst().toString();
            case SENTINEL -> master + " of Sentinels " + list();
            case CLUSTER -> "Cluster " + list();
        };
    }

    private String list() {
        return nodes.stream().map(Node::toString).collect(Collectors.joining(", "));
    }
}
