package dev.penstock.bench.proxy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class WorkspaceTest {
    @Test
    void shouldEndChildrenAndDeleteItsFolder() {
        Child child;
        Path folder;
        try (Workspace workspace = Workspace.open()) {
            folder = workspace.folder();
            child = workspace.start(ChildSpec.of("sleeper", List.of("sleep", "600"), folder));
            workspace.checkAlive();
        }

        assertThat(child.alive()).isFalse();
        assertThat(folder).doesNotExist();
    }

    @Test
    void shouldShowWhatAFailedChildPrinted() {
        try (Workspace workspace = Workspace.open()) {
            List<String> command = List.of("sh", "-c", "echo no such port >&2; exit 3");
            ChildSpec spec = ChildSpec.of("broken", command, workspace.folder());

            assertThatThrownBy(() -> workspace.run(spec))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("broken ended with status 3")
                    .hasMessageContaining("no such port");
        }
    }

    @Test
    void shouldSayWhatIsNotInstalled() {
        try (Workspace workspace = Workspace.open()) {
            ChildSpec spec = ChildSpec.of("nothing", List.of("/no/such/program"), workspace.folder());

            assertThatThrownBy(() -> workspace.start(spec))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("cannot start nothing");
        }
        assertThat(Programs.find("no-such-program-anywhere")).isNull();
    }

    @Test
    void shouldFindDifferentFreePorts() {
        assertThat(Workspace.freePorts(5)).hasSize(5).doesNotHaveDuplicates();
    }
}
