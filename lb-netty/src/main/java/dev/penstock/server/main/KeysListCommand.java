package dev.penstock.server.main;

import dev.penstock.core.port.ApiKeyStore;
import dev.penstock.core.port.ApiKeyStore.Kept;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "list", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = "Lists the keys with what each may do; no secrets, for nobody keeps them.")
final class KeysListCommand implements Callable<Integer> {

    private static final String FORMAT = "%-32s  %-20s  %8s  %10s  %-20s  %-20s  %s%n";

    @Mixin
    private KeyOptions options = new KeyOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        var keys = options.use(ApiKeyStore::list);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(FORMAT, "ID", "USER", "RPM", "TPM", "CREATED", "EXPIRES", "MODELS");
        Instant now = InstantSource.system().instant();
        for (Kept each : keys) {
            out.printf(FORMAT, each.key().id(), Objects.requireNonNullElse(each.key().user(), "-"),
                    limit(each.key().rpm()), limit(each.key().tpm()), time(each.created()),
                    each.expires() != null && !now.isBefore(each.expires()) ? "expired" : time(each.expires()),
                    each.key().models().isEmpty() ? "all"
                            : String.join(" ", each.key().models().stream().sorted().toList()));
        }
        out.flush();
        return 0;
    }

    private static String limit(long value) {
        return value == 0 ? "-" : Long.toString(value);
    }

    private static String time(@Nullable Instant value) {
        return value == null ? "-" : value.toString();
    }
}
