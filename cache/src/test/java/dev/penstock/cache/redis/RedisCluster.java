package dev.penstock.cache.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A real Redis Cluster on free ports of the loopback address: three masters, with all slots between them. */
public final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;
    private static final int MASTERS = 3;

    private final List<RedisServer> servers = new ArrayList<>();
    private final List<String> arguments;

    private RedisCluster(List<String> arguments) {
        this.arguments = arguments;
    }

    /**
     * Starts one, and waits until each of its nodes says that all is well.
     *
     * @param arguments more of them for each server
     */
    public static RedisCluster start(String... arguments) {
        RedisCluster cluster = new RedisCluster(List.of(arguments));
        try {
            for (int i = 0; i < MASTERS; i++) {
                RedisServer server = cluster.add();
                server.command("CLUSTER", "ADDSLOTSRANGE", Integer.toString(i * SLOTS / MASTERS),
                        Integer.toString((i + 1) * SLOTS / MASTERS - 1));
                server.command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
                cluster.introduce(server);
            }
            cluster.awaitOk();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private RedisServer add() {
        try {
            List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-port",
                    Integer.toString(RedisServer.freePort()), "--cluster-node-timeout", "2000"));
            all.addAll(arguments);
            RedisServer server = RedisServer.start("", all);
            servers.add(server);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void introduce(RedisServer server) {
        RedisServer first = servers.getFirst();
        if (server != first) {
            String bus = first.command("CONFIG", "GET", "cluster-port").lines().toList().getLast();
            server.command("CLUSTER", "MEET", "127.0.0.1", Integer.toString(first.port()), bus);
        }
    }

    private void awaitOk() {
        for (RedisServer server : servers) {
            server.awaitAnswer("cluster_known_nodes:" + servers.size(), "CLUSTER", "INFO");
            server.awaitAnswer("cluster_state:ok", "CLUSTER", "INFO");
        }
    }

    /** Adds a replica of a master, and waits until it could stand in for it. */
    public RedisServer addReplica(RedisServer master) {
        RedisServer replica = add();
        introduce(replica);
        awaitOk();
        String id = master.command("CLUSTER", "MYID");
        replica.awaitAnswer("OK", "CLUSTER", "REPLICATE", id);
        replica.awaitAnswer("master_link_status:up", "INFO", "replication");
        for (RedisServer server : servers) {
            server.awaitAnswer("slave " + id, "CLUSTER", "NODES");
        }
        return replica;
    }

    /** Its servers: the three masters, then the replicas. */
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    /** The master that has the slot of a key at the start. */
    public RedisServer masterOf(String key) {
        int slot = Integer.parseInt(servers.getFirst().command("CLUSTER", "KEYSLOT", key));
        for (int i = 0; i < MASTERS; i++) {
            if (slot < (i + 1) * SLOTS / MASTERS) {
                return servers.get(i);
            }
        }
        throw new IllegalStateException("no master has slot " + slot);
    }

    /** Where it is, as a setting. */
    public String url() {
        return "redis-cluster://" + servers.stream().limit(MASTERS).map(server -> "127.0.0.1:" + server.port())
                .collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }
}
