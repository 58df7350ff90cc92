package dev.penstock.cache.redis;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where Redis is, and as whom we come. Static. Immutable; any thread.
 *
 * @param url where, see {@link #URL}; empty means that there is none
 * @param login as whom we come to it
 * @param sentinelLogin as whom we come to its Sentinels
 * @param tls how TLS is spoken, where the URL asks for it
 * @param replica name of this process among those that share a Redis; empty means one that is made up
 * @param timeoutNanos time for an answer, and for a connection to stand
 */
public record RedisSettings(String url, RedisLogin login, RedisLogin sentinelLogin, RedisTls tls, String replica,
        long timeoutNanos) {

    /** Where. */
    public static final Setting<String> URL = Setting.text("redis.url", "", false,
            "Where Redis or Valkey is: redis://host:6379/0, redis-sentinel://host:26379,host:26379/master/0 or"
                    + " redis-cluster://host:6379,host:6379; with TLS rediss…; empty: what would be there is kept in"
                    + " this process.");
    /** User. */
    public static final Setting<String> USERNAME = Setting.text("redis.username", "", false,
            "User of Redis, see docs/redis.md for what it must be allowed; empty: the default one.");
    /** File with the password. */
    public static final Setting<String> PASSWORD_FILE = Setting.text("redis.password-file", "", false,
            "File with the password of Redis, read again for each connection; empty: none.");
    /** Password. */
    public static final Setting<String> PASSWORD = Setting.text("redis.password", "", false,
            "The password of Redis itself, better said by PENSTOCK_REDIS_PASSWORD or by redis.password-file.");
    /** User of the Sentinels. */
    public static final Setting<String> SENTINEL_USERNAME = Setting.text("redis.sentinel.username", "", false,
            "User of the Sentinels; empty: the default one.");
    /** File with the password of the Sentinels. */
    public static final Setting<String> SENTINEL_PASSWORD_FILE = Setting.text("redis.sentinel.password-file", "", false,
            "File with the password of the Sentinels, read again for each connection; empty: none.");
    /** Password of the Sentinels. */
    public static final Setting<String> SENTINEL_PASSWORD = Setting.text("redis.sentinel.password", "", false,
            "The password of the Sentinels itself, better said by PENSTOCK_REDIS_SENTINEL_PASSWORD or in a file.");
    /** Trusted certificates. */
    public static final Setting<String> TLS_CA = Setting.text("redis.tls-ca", "", false,
            "File with the certificates that Redis is trusted by; empty: those that the JDK trusts.");
    /** Our certificate. */
    public static final Setting<String> TLS_CERT = Setting.text("redis.tls-cert", "", false,
            "File with our certificate and its chain, which Redis may ask for; empty: none.");
    /** Its key. */
    public static final Setting<String> TLS_KEY = Setting.text("redis.tls-key", "", false,
            "File with the key of redis.tls-cert.");
    /** Whether the host's name is compared. */
    public static final Setting<Boolean> TLS_VERIFY_HOSTNAME = Setting.flag("redis.tls-verify-hostname", true, false,
            "Whether the certificate of Redis must be for the host that redis.url names.");
    /** Name of this process. */
    public static final Setting<String> REPLICA = Setting.text("redis.replica", "", false,
            "Name of this process among those that share a Redis, unique; empty: POD_NAME, else one that is made up.");
    /** Timeout. */
    public static final Setting<Long> TIMEOUT = Setting.duration("redis.timeout", "2s", false,
            "Time for Redis to answer, and for a connection to stand; no request waits as long.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(URL, USERNAME, PASSWORD_FILE, PASSWORD, SENTINEL_USERNAME,
            SENTINEL_PASSWORD_FILE, SENTINEL_PASSWORD, TLS_CA, TLS_CERT, TLS_KEY, TLS_VERIFY_HOSTNAME, REPLICA,
            TIMEOUT);

    private static final String OF_SENTINELS = "redis.sentinel";

    /** A Redis that asks for no password. */
    public RedisSettings(String url, String replica, long timeoutNanos) {
        this(url, RedisLogin.NONE, RedisLogin.NONE, RedisTls.DEFAULT, replica, timeoutNanos);
    }

    /** What holds when nobody says anything: there is none. */
    public static RedisSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** This part of all settings. */
    public static RedisSettings from(Settings settings) {
        RedisLogin login = new RedisLogin("redis", settings.get(USERNAME), settings.get(PASSWORD_FILE),
                settings.get(PASSWORD));
        RedisLogin ofSentinels = new RedisLogin(OF_SENTINELS, settings.get(SENTINEL_USERNAME),
                settings.get(SENTINEL_PASSWORD_FILE), settings.get(SENTINEL_PASSWORD));
        RedisTls tls = new RedisTls(settings.get(TLS_CA), settings.get(TLS_CERT), settings.get(TLS_KEY),
                settings.get(TLS_VERIFY_HOSTNAME));
        return new RedisSettings(settings.get(URL), login, ofSentinels, tls, settings.get(REPLICA),
                settings.get(TIMEOUT));
    }

    /** Whether there is a Redis. */
    public boolean enabled() {
        return !url.isEmpty();
    }

    /** What can be seen to be wrong without asking Redis: one sentence for each, without secrets. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!enabled()) {
            return problems;
        }
        if (timeoutNanos <= 0) {
            problems.add(TIMEOUT.name() + ": off (expected: a time, for example 2s)");
        }
        problems.addAll(login.problems());
        problems.addAll(sentinelLogin.problems());
        try {
            problems.addAll(tls.problems(RedisUrl.parse(url).tls()));
        } catch (IllegalArgumentException e) {
            problems.add(URL.name() + ": " + e.getMessage());
        }
        return problems;
    }
}
