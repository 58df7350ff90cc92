package dev.penstock.cache.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.PartitionException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Why a command has no answer. Carries no stack trace: it is expected. Immutable. */
public final class RedisFailure extends Exception {

    private static final long serialVersionUID = 1;

    /** What went wrong, as far as it decides what a person has to do. */
    public enum Kind {
        /** There is no connection, or it was lost before the answer came: the command may have been carried out. */
        AWAY,
        /** No answer in time: the command may have been carried out. */
        TIMEOUT,
        /** It has just started and reads its data. */
        LOADING,
        /** It is a replica, or it may not write. */
        READONLY,
        /** The credentials are missing, wrong, or do not allow the command; or a certificate is not trusted. */
        DENIED,
        /** Something else keeps another type of value under the key. */
        WRONGTYPE,
        /** The cluster cannot serve the keys now, or they are not of one slot. */
        CLUSTER,
        /** It has no memory left. */
        MEMORY,
        /** What it answered is not what is kept there by any version. */
        CONTENT,
        /** Anything else that it answered. */
        OTHER;

        /** The word that metrics and logs have for it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;

    RedisFailure(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** What an error of the client library means. */
    static RedisFailure of(Throwable error) {
        Throwable cause = error;
        for (Throwable next = error; next != null; next = next.getCause()) {
            if (next instanceof RedisFailure failure) {
                return failure;
            }
            // What went wrong first says more than that therefore nothing came of it.
            if (next.getMessage() != null) {
                cause = next;
            }
        }
        String message = Objects.requireNonNullElse(cause.getMessage(), String.valueOf(cause));
        return new RedisFailure(kind(cause, message), message);
    }

    private static Kind kind(Throwable cause, String message) {
        return switch (cause) {
            case RedisCommandTimeoutException late -> Kind.TIMEOUT;
            case TimeoutException late -> Kind.TIMEOUT;
            case RedisCommandExecutionException answered -> answered(message);
            case PartitionException nobody -> Kind.CLUSTER;
            case FileSystemException unreadable -> Kind.DENIED;
            case GeneralSecurityException untrusted -> Kind.DENIED;
            case SSLException untrusted -> Kind.DENIED;
            case RedisException other -> Kind.AWAY;
            case IOException broken -> Kind.AWAY;
            case CancellationException lost -> Kind.AWAY;
            default -> Kind.OTHER;
        };
    }

    private static Kind answered(String message) {
        int end = message.indexOf(' ');
        return switch (end < 0 ? message : message.substring(0, end)) {
            case "LOADING", "BUSY" -> Kind.LOADING;
            case "READONLY", "MASTERDOWN", "NOREPLICAS" -> Kind.READONLY;
            case "NOAUTH", "WRONGPASS", "NOPERM" -> Kind.DENIED;
            case "WRONGTYPE" -> Kind.WRONGTYPE;
            case "CROSSSLOT", "MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN" -> Kind.CLUSTER;
            case "OOM" -> Kind.MEMORY;
            default -> Kind.OTHER;
        };
    }
}
