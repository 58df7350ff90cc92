package dev.penstock.cache.snapshot;

import static dev.penstock.cache.snapshot.HandDrivenCache.onPorts;
import static dev.penstock.cache.snapshot.HandDrivenCache.pod;
import static dev.penstock.cache.snapshot.HandDrivenCache.readiness;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.ModelClaim;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lives of pods and requests against a model that keeps everything in plain maps. */
class FleetPropertyTest {

    private static final int SHARDS = 3;
    private static final int STEPS = 4_000;

    private final HandDrivenCache cache = new HandDrivenCache(48, SHARDS);
    private final Map<String, PodSpec> expected = new TreeMap<>();
    /** Names of pods, by adapter. */
    private final Map<String, Set<String>> adapters = new TreeMap<>();
    /** By UID and port. */
    private final Map<String, Set<String>> reported = new HashMap<>();
    private final List<PodView> inFlight = new ArrayList<>();
    private final Snapshot[] seen = new Snapshot[SHARDS];
    private int uids;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverGiveASlotToTwoAndNeverLoseACount(long seed) {
        Random random = new Random(seed);
        for (int shard = 0; shard < SHARDS; shard++) {
            seen[shard] = cache.fleet();
        }
        for (int step = 0; step < STEPS; step++) {
            step(random);
            if (random.nextInt(4) == 0) {
                cache.publish();
                checkFleet();
            }
            checkCounts();
        }
        inFlight.forEach(endpoint -> cache.figures.addInFlight(endpoint, -1));
        inFlight.clear();
        cache.publish();
        cache.acknowledgeAll();
        cache.publish();
        checkFleet();
        assertThat(cache.slots.leaving()).isZero();
        assertThat(cache.slots.taken()).isEqualTo(expected.values().stream().mapToInt(p -> served(p).size()).sum());
    }

    private void step(Random random) {
        String name = "p" + random.nextInt(12);
        PodSpec known = expected.get(name);
        switch (random.nextInt(14)) {
            case 0, 1 -> tell(pod(name, "u" + uids++, models(random)));
            case 2 -> {
                if (known != null) {
                    cache.remove(known);
                    expected.remove(name);
                }
            }
            case 3 -> {
                if (known != null) {
                    tell(readiness(known, random.nextBoolean()));
                }
            }
            case 4 -> {
                if (known != null) {
                    if (random.nextBoolean()) {
                        tell(onPorts(known, 8000, 8001));
                    } else {
                        reported.remove(known.identity().uid() + ":8000");
                        tell(onPorts(known, 8001));
                    }
                }
            }
            case 5 -> {
                int shard = random.nextInt(SHARDS);
                seen[shard] = cache.fleet();
                cache.agent.acknowledge(shard, seen[shard].version());
            }
            case 6, 7 -> begin(random);
            case 9 -> {
                if (known != null) {
                    tell(claiming(known, random));
                }
            }
            case 10, 11 -> adapter("lora" + random.nextInt(5), random);
            case 12, 13 -> {
                if (known != null) {
                    report(known, random);
                }
            }
            default -> {
                if (!inFlight.isEmpty()) {
                    cache.figures.addInFlight(inFlight.remove(random.nextInt(inFlight.size())), -1);
                }
            }
        }
    }

    private static String[] models(Random random) {
        return random.nextBoolean() ? new String[] {"m" + random.nextInt(4)}
                : new String[] {"m" + random.nextInt(4), "n" + random.nextInt(4)};
    }

    private void tell(PodSpec spec) {
        expected.put(spec.identity().name(), spec);
        cache.upsert(spec);
    }

    private static PodSpec claiming(PodSpec pod, Random random) {
        List<ModelClaim> claims = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            boolean active = random.nextBoolean();
            // Sometimes the port of the ordinary models.
            claims.add(new ModelClaim("c" + i, "claimed" + random.nextInt(4), active ? 8000 + random.nextInt(4) : 0,
                    active ? ModelClaim.State.ACTIVE : ModelClaim.State.SLEEPING));
        }
        return new PodSpec(pod.identity(), pod.host(), pod.ports(), pod.group(), pod.engine(), pod.ready(),
                pod.labels(), pod.annotations(), pod.models(), claims);
    }

    private void adapter(String name, Random random) {
        if (random.nextInt(4) == 0) {
            adapters.remove(name);
            cache.tell(new CacheCommand.AdapterRemoved("adapters", "ns", name));
        } else {
            Set<String> names = new TreeSet<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                names.add("p" + random.nextInt(12));
            }
            adapters.put(name, names);
            cache.tell(new CacheCommand.AdapterUpserted("adapters", new AdapterSpec("ns", name, names)));
        }
    }

    private void report(PodSpec pod, Random random) {
        int port = pod.ports().get(random.nextInt(pod.ports().size()));
        Set<String> models = random.nextInt(3) == 0 ? Set.of() : Set.of("loaded" + random.nextInt(4));
        // A report for a pod that has left since is of no effect: the UID never comes back.
        reported.put(pod.identity().uid() + ":" + port, models);
        cache.tell(new CacheCommand.ModelsReported(pod.identity(), port, models));
    }

    /** What a pod serves by port, by all that was told. */
    private Map<Integer, Set<String>> served(PodSpec pod) {
        Map<Integer, Set<String>> served = new TreeMap<>();
        for (int port : pod.ports()) {
            Set<String> models = new TreeSet<>(pod.models());
            adapters.forEach((adapter, names) -> {
                if (names.contains(pod.identity().name())) {
                    models.add(adapter);
                }
            });
            models.addAll(reported.getOrDefault(pod.identity().uid() + ":" + port, Set.of()));
            served.put(port, models);
        }
        Map<Integer, Set<String>> claimed = new TreeMap<>();
        for (ModelClaim claim : pod.claims()) {
            if (claim.port() > 0) {
                claimed.computeIfAbsent(claim.port(), port -> new TreeSet<>()).add(claim.model());
            }
        }
        served.putAll(claimed);
        return served;
    }

    /** A shard chooses by the fleet that it has acknowledged last, which may be long gone. */
    private void begin(Random random) {
        Snapshot fleet = seen[random.nextInt(SHARDS)];
        PodView endpoint = fleet.slots() == 0 ? null : fleet.endpoint(random.nextInt(fleet.slots()));
        if (endpoint != null) {
            int before = cache.figures.inFlight(endpoint);
            cache.figures.addInFlight(endpoint, 1);
            assertThat(cache.figures.inFlight(endpoint)).isEqualTo(before + 1);
            inFlight.add(endpoint);
        }
    }

    private void checkFleet() {
        Snapshot fleet = cache.fleet();
        Set<String> shown = new TreeSet<>();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null) {
                assertThat(endpoint.slot()).isEqualTo(slot);
                assertThat(cache.figures.current(endpoint)).as("columns are its own").isTrue();
                assertThat(shown.add(endpoint.name() + "/" + endpoint.uid() + ":" + endpoint.port())).isTrue();
            }
        }
        Set<String> wanted = new TreeSet<>();
        Map<String, Set<String>> byModel = new HashMap<>();
        expected.values().forEach(spec -> {
            served(spec).forEach((port, models) -> {
                String endpoint = spec.identity().name() + "/" + spec.identity().uid() + ":" + port;
                wanted.add(endpoint);
                models.forEach(model -> byModel.computeIfAbsent(model, key -> new TreeSet<>()).add(endpoint));
            });
            spec.claims().forEach(claim -> byModel.computeIfAbsent(claim.model(), key -> new TreeSet<>()));
        });
        if (cache.ledger.slotless() == 0) {
            assertThat(shown).isEqualTo(wanted);
        } else {
            assertThat(wanted).containsAll(shown);
        }
        checkModels(fleet, byModel);
    }

    private void checkModels(Snapshot fleet, Map<String, Set<String>> byModel) {
        Map<Integer, Integer> shardBySlot = new HashMap<>();
        Set<String> names = new HashSet<>();
        int shown = 0;
        for (ModelView model : fleet.models()) {
            names.add(model.name());
            shown += model.endpoints().size();
            for (int i = 0; i < model.endpoints().size(); i++) {
                PodView endpoint = model.endpoints().get(i);
                assertThat(fleet.endpoint(endpoint.slot())).isSameAs(endpoint);
                assertThat(byModel.get(model.name()))
                        .contains(endpoint.name() + "/" + endpoint.uid() + ":" + endpoint.port());
                Integer other = shardBySlot.put(endpoint.slot(), model.shard());
                assertThat(other == null || other == model.shard()).as("one shard for each endpoint").isTrue();
            }
        }
        assertThat(names).isEqualTo(byModel.keySet());
        if (cache.ledger.slotless() == 0) {
            assertThat(shown).isEqualTo(byModel.values().stream().mapToInt(Set::size).sum());
        }
        checkShardsOfPods(fleet);
    }

    private void checkShardsOfPods(Snapshot fleet) {
        for (PodSpec spec : expected.values()) {
            Set<Integer> shards = new HashSet<>();
            served(spec).values().forEach(models -> models.forEach(name -> {
                ModelView model = fleet.model(name);
                if (model != null) {
                    shards.add(model.shard());
                }
            }));
            assertThat(shards).as("one shard for all models of a pod").hasSizeLessThanOrEqualTo(1);
        }
    }

    private void checkCounts() {
        for (PodView endpoint : inFlight) {
            long count = inFlight.stream().filter(endpoint::sameEndpoint).count();
            assertThat(cache.figures.inFlight(endpoint)).isEqualTo((int) count);
        }
    }
}
