package dev.penstock.server.main;

import dev.penstock.core.config.Durations;
import dev.penstock.core.port.ApiKeyStore.Made;
import dev.penstock.core.port.ApiKeyStore.Terms;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "make", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Makes a key and prints it, alone on standard output: now, and never again. Only its hash is kept.",
            "What is not said does not hold: no user, all models, no limits of its own, no end."})
final class KeysMakeCommand implements Callable<Integer> {

    @Mixin
    private KeyOptions options = new KeyOptions();

    @Option(names = {"-u", "--user"}, paramLabel = "NAME",
            description = "User that its requests count for, whatever their header user says.")
    private @Nullable String user;

    @Option(names = {"-m", "--model"}, paramLabel = "NAME",
            description = "Model that it may ask for, as clients write it. Can be repeated; all by default.")
    private Set<String> models = new LinkedHashSet<>();

    @Option(names = "--rpm", paramLabel = "N", description = "Requests a minute.")
    private @Nullable Long rpm;

    @Option(names = "--tpm", paramLabel = "N", description = "Tokens a minute.")
    private @Nullable Long tpm;

    @Option(names = "--expires", paramLabel = "TIME", description = "Time after which it ends, for example 12h or 30d.")
    private @Nullable String expires;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Terms terms = new Terms(user, models, limit("--rpm", rpm), limit("--tpm", tpm), end());
        Made made;
        try {
            made = options.use(store -> store.make(terms));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        spec.commandLine().getOut().println(made.secret());
        spec.commandLine().getOut().flush();
        spec.commandLine().getErr().println("penstock: key " + made.id() + " is made; what is printed is kept nowhere");
        return 0;
    }

    private long limit(String option, @Nullable Long said) {
        if (said != null && said <= 0) {
            throw new ParameterException(spec.commandLine(), option + ": " + said
                    + " (expected: a whole number above 0, or no " + option + ")");
        }
        return said == null ? 0 : said;
    }

    private @Nullable Instant end() {
        if (expires == null) {
            return null;
        }
        try {
            long nanos = Durations.nanos(expires);
            if (nanos > 0) {
                return InstantSource.system().instant().plusNanos(nanos).truncatedTo(ChronoUnit.SECONDS);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--expires: " + expires + " (" + e.getMessage() + ")", e);
        }
        throw new ParameterException(spec.commandLine(), "--expires: " + expires
                + " (expected: a time such as 12h or 30d)");
    }
}
