package dev.penstock.server.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class ShortcutTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "serve", "serve --config f", "serve -c f -p 0 -a 0", "serve --port=0 --admin-port=0",
        "serve -s a=b --set c=d=e", "serve --set=a.b=c", "serve --aibrix",
        "serve --aibrix --standalone --endpoints-config=f --grpc-bind-address=:50052",
        "serve --aibrix --metrics-bind-address :8080"})
    void shouldTakeWhatIsSaidPlainly(String line) {
        assertThat(Shortcut.of(line.split(" "))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "health", "check --config f", "version", "--help", "serve --help", "serve -h", "serve --version",
        "serve --port", "serve --port -1", "serve --port 1 --port 2", "serve -p 1 --port=2",
        "serve --aibrix --aibrix", "serve --aibrix=x", "serve --http-bind-address :1 --metrics-bind-address :2",
        "serve @options", "serve --config @f", "serve more", "serve --set a", "serve --set a=", "serve --set =a",
        "serve --unknown 1", "serve -cf", "serve --config=", "serve --config \"f\""})
    void shouldLeaveAllElseToTheLibrary(String line) {
        assertThat(Shortcut.of(line.isEmpty() ? new String[0] : line.split(" "))).isNull();
    }

    @Test
    void shouldKnowEachOptionThatTheLibraryKnows() {
        CommandLine serve = Objects.requireNonNull(PenstockMain.commandLine().getSubcommands().get("serve"));
        for (OptionSpec option : serve.getCommandSpec().options()) {
            for (String name : option.names()) {
                boolean alone = option.arity().max() == 0;
                assertThat(alone ? Shortcut.of("serve", name) : Shortcut.of("serve", name, "a=b")).as(name)
                        .matches(taken -> (taken == null) == (option.usageHelp() || option.versionHelp()));
            }
        }
    }
}
