package dev.penstock.cache.limits;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * Where it is counted what users and models take, and what holds for whom nobody knows. Static. Immutable; any thread.
 *
 * @param mode where it is counted
 * @param unknownUser what holds for a user that nobody knows
 * @param defaultRpm requests a minute of such a user
 * @param defaultTpm tokens a minute of such a user
 * @param deadlineNanos how long a request waits for Redis
 * @param refreshNanos how long is believed what was read of a user
 * @param usersOnFailure what becomes of limits of users while Redis does not answer
 * @param modelsOnFailure what becomes of limits of models while Redis does not answer
 */
public record LimitSettings(Mode mode, UnknownUser unknownUser, long defaultRpm, long defaultTpm, long deadlineNanos,
        long refreshNanos, OnFailure usersOnFailure, OnFailure modelsOnFailure) {

    /** Where it is counted. */
    public enum Mode {
        /** In Redis where there is one, else here. */
        AUTO,
        /** In this process: each replica allows all of it. */
        LOCAL,
        /** In Redis, by token buckets of our own. */
        REDIS,
        /** In Redis, under AIBrix's keys, in its fixed windows: together with its gateways. */
        AIBRIX
    }

    /** What holds for a user that nobody knows. */
    public enum UnknownUser {
        /** No limit. */
        ALLOW,
        /** The default limits. */
        DEFAULT,
        /** The request is refused. */
        REJECT
    }

    /** What becomes of a limit while Redis does not answer. */
    public enum OnFailure {
        /** It is counted here meanwhile: the request is served. */
        LOCAL,
        /** The request is refused with 503. */
        CLOSED
    }

    /** Where. */
    public static final Setting<Mode> MODE = Setting.choice("limits.mode", Mode.AUTO, false,
            "Where limits of users and models are counted: local (each process for itself), redis, aibrix (in Redis,"
            + " with its gateways), auto (redis where redis.url is set, else local).");
    /** Strangers. */
    public static final Setting<UnknownUser> UNKNOWN_USER = Setting.choice("limits.unknown-user", UnknownUser.ALLOW,
            false, "A user that nobody knows: allow (no limits), default (the two settings below), reject (403).");
    /** Their requests. */
    public static final Setting<Integer> DEFAULT_RPM = Setting.integer("limits.default-rpm", 0, 0, Integer.MAX_VALUE,
            false, "Requests a minute of a user by default; 0 for any number.");
    /** Their tokens. */
    public static final Setting<Integer> DEFAULT_TPM = Setting.integer("limits.default-tpm", 0, 0, Integer.MAX_VALUE,
            false, "Tokens a minute of a user by default; 0 for any number.");
    /** How long Redis is waited for. */
    public static final Setting<Long> DEADLINE = Setting.duration("limits.deadline", "5ms", false,
            "How long a request waits for Redis; then the on-failure below decides.");
    /** How long users are believed. */
    public static final Setting<Long> REFRESH = Setting.duration("limits.users.refresh", "10s", false,
            "How long it is believed what was read of a user; then it is read again, behind the scenes.");
    /** Users without Redis. */
    public static final Setting<OnFailure> USERS_ON_FAILURE = Setting.choice("limits.users.on-failure",
            OnFailure.LOCAL, false, "Limits of users while Redis does not answer: local (fails open: each"
            + " process counts for itself), closed (fails closed: 503).");
    /** Models without Redis. */
    public static final Setting<OnFailure> MODELS_ON_FAILURE = Setting.choice("limits.models.on-failure",
            OnFailure.LOCAL, false, "The same for limits of models: local (fails open), closed (fails closed: 503).");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(MODE, UNKNOWN_USER, DEFAULT_RPM, DEFAULT_TPM, DEADLINE,
            REFRESH, USERS_ON_FAILURE, MODELS_ON_FAILURE);

    /** What holds when nobody says anything. */
    public static LimitSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** This part of all settings. */
    public static LimitSettings from(Settings settings) {
        return new LimitSettings(settings.get(MODE), settings.get(UNKNOWN_USER), settings.get(DEFAULT_RPM),
                settings.get(DEFAULT_TPM), settings.get(DEADLINE), settings.get(REFRESH),
                settings.get(USERS_ON_FAILURE), settings.get(MODELS_ON_FAILURE));
    }

    /** Where it is counted, given whether there is a Redis. */
    Mode mode(boolean redis) {
        if (!redis) {
            return Mode.LOCAL;
        }
        return mode == Mode.AUTO ? Mode.REDIS : mode;
    }
}
