package dev.penstock.cache.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.figures.SlotColumns;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.cache.snapshot.FleetAgent;
import dev.penstock.cache.snapshot.FleetLedger;
import dev.penstock.cache.snapshot.SlotTable;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiscoveryTest {

    private static final long INTERVAL = 1_000_000_000;
    private static final String ONE = "models:\n- name: m\n  endpoints: [a]\n";
    private static final String TWO = "models:\n- name: m\n  endpoints: [a, b]\n";

    @TempDir
    private Path directory;

    private long now = 1;
    private final CacheProxy proxy = new CacheProxy(1);
    private final SlotTable slots = new SlotTable(64, 1, SlotColumns.NONE);
    private final FleetAgent agent = new FleetAgent(proxy, new FleetLedger(slots, 1, "group"), slots, () -> now,
            error -> {
                throw new AssertionError(error);
            });
    private Path file = Path.of("models.yaml");
    private FileDiscovery discovery = discovery();

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("models.yaml");
        Files.writeString(file, ONE);
        discovery = discovery();
    }

    private FileDiscovery discovery() {
        return new FileDiscovery(file, FleetFile.Scope.WHOLE, proxy, () -> now, INTERVAL, Set::of);
    }

    private void start() {
        discovery.load();
        agent.doWork();
    }

    /** One look of the source, when it is due, and a publication. */
    private void look() {
        now += Math.max(discovery.restNanos(), FleetAgent.PUBLISH_INTERVAL_NANOS);
        assertThat(discovery.doWork()).isEqualTo(1);
        agent.doWork();
    }

    private int endpoints() {
        ModelView model = Objects.requireNonNull(agent.current().model("m"));
        return model.endpoints().size();
    }

    private List<String> errors() {
        return discovery.state().errors().stream().map(FileError::toString).toList();
    }

    @Test
    void shouldFollowAnEditOnceItHasSettled() throws IOException {
        start();
        PodView before = Objects.requireNonNull(agent.current().endpoint(0));
        Files.writeString(file, TWO);

        look();
        assertThat(endpoints()).as("perhaps half written").isEqualTo(1);
        assertThat(discovery.restNanos()).isEqualTo(INTERVAL / 10);
        look();

        assertThat(endpoints()).isEqualTo(2);
        assertThat(agent.current().contains(before)).isTrue();
        assertThat(discovery.state().changes()).isEqualTo(2);
    }

    @Test
    void shouldNotLookBeforeItIsTime() {
        start();
        now += INTERVAL - 1;
        assertThat(discovery.doWork()).isZero();
        now += 1;
        assertThat(discovery.doWork()).isEqualTo(1);
    }

    @Test
    void shouldNotTakeAHalfWrittenFile() throws IOException {
        Files.writeString(file, TWO);
        start();
        Files.writeString(file, ONE);
        look();
        Files.writeString(file, TWO);
        look();
        look();

        assertThat(endpoints()).isEqualTo(2);
        assertThat(agent.current().version()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheLastGoodFleetAndSayWhatIsWrong() throws IOException {
        start();
        long good = discovery.state().goodNanos();
        Files.writeString(file, "models:\n- name: m\n  endpoints: [a, \"b:x\"]\n- nam: n\n");
        look();
        look();

        assertThat(endpoints()).isEqualTo(1);
        assertThat(errors()).containsExactly(
                file + ":3:18: expected a port from 1 to 65535: b:x",
                file + ":4:3: model: unknown key nam (known: adapters, aliases, default-profile, endpoints, engine,"
                        + " labels, locked-strategy, name, pool, profiles, rolesets, split, strategy)",
                file + ":4:3: model: name is missing");
        look();
        assertThat(discovery.state().failures()).isEqualTo(2);
        assertThat(discovery.state().goodNanos()).isLessThanOrEqualTo(good + INTERVAL);

        Files.writeString(file, TWO);
        look();
        look();
        assertThat(endpoints()).isEqualTo(2);
        assertThat(discovery.state().good()).isTrue();
        assertThat(discovery.state().failures()).isZero();
    }

    @Test
    void shouldOutliveTheDisappearanceOfTheFile() throws IOException {
        start();
        Files.delete(file);
        look();
        assertThat(endpoints()).isEqualTo(1);
        assertThat(errors()).containsExactly(file + ": no such file");

        Files.writeString(file, ONE);
        look();
        assertThat(discovery.state().good()).isTrue();
        assertThat(discovery.state().goodNanos()).isEqualTo(now);
        assertThat(endpoints()).isEqualTo(1);
    }

    @Test
    void shouldFollowTheSwappedLinksOfAConfigMap() throws IOException {
        Path first = Files.createDirectory(directory.resolve("..1"));
        Path second = Files.createDirectory(directory.resolve("..2"));
        Files.writeString(first.resolve("m.yaml"), ONE);
        Files.writeString(second.resolve("m.yaml"), TWO);
        Path data = Files.createSymbolicLink(directory.resolve("..data"), first.getFileName());
        file = Files.createSymbolicLink(directory.resolve("m.yaml"), Path.of("..data/m.yaml"));
        discovery = discovery();
        start();

        Path swap = Files.createSymbolicLink(directory.resolve("..tmp"), second.getFileName());
        Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);
        look();
        look();

        assertThat(endpoints()).isEqualTo(2);
    }

    @Test
    void shouldTellAgainWhatTheCacheHadNoRoomFor() throws IOException {
        start();
        Files.writeString(file, TWO);
        look();
        proxy.offer(new CacheCommand.PodRemoved("other", "ns", "p", "u"));
        now += discovery.restNanos();
        discovery.doWork();
        agent.doWork();
        assertThat(endpoints()).isEqualTo(1);
        assertThat(proxy.refused()).isEqualTo(1);

        look();

        assertThat(endpoints()).isEqualTo(2);
    }

    @Test
    void shouldRefuseBytesThatAreNoText() throws IOException {
        Files.write(file, "models: \u00ff".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(discovery::load).isInstanceOf(InvalidFleetException.class).hasMessage(file + ": not UTF-8");
    }

    @Test
    void shouldNotStartWithABrokenFile() throws IOException {
        Files.writeString(file, "models: [");

        assertThatThrownBy(discovery::load).isInstanceOf(InvalidFleetException.class)
                .hasMessageStartingWith(file + ":1:10: not YAML: ");
    }

    @Test
    void shouldNotStartWithADirectory() {
        file = directory;
        discovery = discovery();

        assertThatThrownBy(discovery::load).isInstanceOf(InvalidFleetException.class)
                .hasMessageStartingWith(directory + ": cannot be read: ");
    }
}
