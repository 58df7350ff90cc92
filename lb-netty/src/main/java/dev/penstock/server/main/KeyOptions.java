package dev.penstock.server.main;

import dev.penstock.core.port.ApiKeyStore;
import dev.penstock.server.Penstock;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say where keys are kept. */
final class KeyOptions {

    @Mixin
    private FileOptions options = new FileOptions();

    @ArgGroup
    private @Nullable Where where;

    private static final class Where {

        @Option(names = {"-f", "--file"}, paramLabel = "FILE",
                description = "File of the keys; the setting keys.file by default.")
        private @Nullable Path file;

        @Option(names = "--redis", paramLabel = "URL",
                description = "Redis of the keys; the settings keys.redis and redis.url by default.")
        private @Nullable String redis;
    }

    /** Lends the store. */
    <T> T use(Function<ApiKeyStore, T> use) {
        Penstock.Builder builder = options.builder();
        if (where != null && where.file != null) {
            builder.setting("keys.file", where.file.toAbsolutePath().toString(), "--file")
                    .setting("keys.redis", "false", "--file");
        } else if (where != null && where.redis != null) {
            builder.setting("redis.url", where.redis, "--redis").setting("keys.redis", "true", "--redis")
                    .setting("keys.file", "", "--redis");
        }
        try {
            return builder.keys(use);
        } catch (UncheckedIOException e) {
            // What a person is told is the cause alone.
            throw new IllegalStateException(String.valueOf(e.getCause() == null ? e.getMessage()
                    : e.getCause().getMessage()), e);
        }
    }
}
