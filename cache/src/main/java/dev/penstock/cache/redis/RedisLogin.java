package dev.penstock.cache.redis;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As whom we come to a server. Immutable; the file is read again for each connection, so that a secret may rotate.
 *
 * @param setting how the names of its settings begin, for errors
 * @param user name of the user; empty: the default one
 * @param passwordFile file with the password; empty: none
 * @param password the password itself; empty: none
 */
public record RedisLogin(String setting, String user, String passwordFile, String password) {

    /** As nobody. */
    public static final RedisLogin NONE = new RedisLogin("redis", "", "", "");

    private static final long MOST_BYTES = 64 * 1024;

    @Override
    public String toString() {
        return "RedisLogin[" + setting + ", user=" + user + ']';
    }

    /** What can be seen to be wrong without asking the server. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!passwordFile.isEmpty() && !password.isEmpty()) {
            problems.add(setting + ".password: " + setting + ".password-file says it, too (expected: one of them)");
        }
        if (!user.isEmpty() && passwordFile.isEmpty() && password.isEmpty()) {
            problems.add(setting + ".username: there is no password (expected: " + setting + ".password-file as well)");
        }
        if (!passwordFile.isEmpty()) {
            try {
                read();
            } catch (UncheckedIOException e) {
                problems.add(setting + ".password-file: " + passwordFile + ": cannot be read");
            }
        }
        return problems;
    }

    /** For the client library, if there is somebody to be. */
    @Nullable ImmediateRedisCredentialsProvider credentials() {
        if (passwordFile.isEmpty() && password.isEmpty()) {
            return null;
        }
        return () -> RedisCredentials.just(user.isEmpty() ? null : user, passwordFile.isEmpty() ? password : read());
    }

    private String read() {
        Path file = Path.of(passwordFile);
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException(passwordFile + ": too long for a password");
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(setting + ".password-file: " + passwordFile + ": cannot be read", e);
        }
    }
}
