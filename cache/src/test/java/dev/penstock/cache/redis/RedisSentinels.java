package dev.penstock.cache.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A real master with a replica, and three Sentinels that watch over them, on free ports of the loopback address. */
public final class RedisSentinels implements AutoCloseable {

    /** Name of the master. */
    public static final String MASTER = "themaster";

    private static final int SENTINELS = 3;

    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedisServer> sentinels = new ArrayList<>();

    private RedisSentinels() {}

    /**
     * Starts them, and waits until the replica could stand in for the master.
     *
     * @param password what master and replica ask clients and one another for; empty: nothing
     * @param arguments more of them for master and replica
     */
    public static RedisSentinels start(String password, String... arguments) {
        RedisSentinels started = new RedisSentinels();
        try {
            List<String> all = new ArrayList<>(List.of(arguments));
            if (!password.isEmpty()) {
                all.addAll(List.of("--requirepass", password, "--masterauth", password));
            }
            RedisServer master = RedisServer.start("", all);
            started.servers.add(master);
            all.addAll(List.of("--replicaof", "127.0.0.1 " + master.port()));
            started.servers.add(RedisServer.start("", all));
            for (int i = 0; i < SENTINELS; i++) {
                started.sentinels.add(RedisServer.start(watching(master, password), List.of("--sentinel")));
            }
            started.awaitComplete();
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private static String watching(RedisServer master, String password) {
        return "sentinel monitor " + MASTER + " 127.0.0.1 " + master.port() + " 2\n"
                + "sentinel down-after-milliseconds " + MASTER + " 1000\n"
                + "sentinel failover-timeout " + MASTER + " 3000\n"
                + (password.isEmpty() ? "" : "sentinel auth-pass " + MASTER + ' ' + password + '\n');
    }

    private void awaitComplete() {
        servers.getLast().awaitAnswer("master_link_status:up", "INFO", "replication");
        for (RedisServer sentinel : sentinels) {
            sentinel.awaitAnswer("num-slaves\n1", "SENTINEL", "MASTER", MASTER);
            sentinel.awaitAnswer("num-other-sentinels\n" + (SENTINELS - 1), "SENTINEL", "MASTER", MASTER);
        }
    }

    /** Who is the master by what the Sentinels say. */
    public RedisServer master() {
        String port = sentinels.getFirst().command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER).lines().toList()
                .getLast();
        return servers.stream().filter(server -> port.equals(Integer.toString(server.port()))).findFirst()
                .orElseThrow(() -> new IllegalStateException("no server is at " + port));
    }

    /** Kills the master and waits until all Sentinels name the other one. */
    public void failOver() {
        RedisServer old = master();
        String next = Integer.toString(servers.get(servers.indexOf(old) == 0 ? 1 : 0).port());
        old.kill();
        sentinels.forEach(sentinel -> sentinel.awaitAnswer(next, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER));
    }

    /** Master and replica. */
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    /** The Sentinels. */
    public List<RedisServer> sentinels() {
        return List.copyOf(sentinels);
    }

    /** Where they are, as a setting. */
    public String url() {
        return "redis-sentinel://" + sentinels.stream().map(sentinel -> "127.0.0.1:" + sentinel.port())
                .collect(Collectors.joining(",")) + '/' + MASTER;
    }

    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
    }
}
