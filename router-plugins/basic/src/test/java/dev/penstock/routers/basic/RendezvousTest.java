package dev.penstock.routers.basic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.TestShard;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is remembered of addresses changes nothing: the plain formula chooses the same. */
class RendezvousTest {

    private static final long SEED = Long.getLong("penstock.test.seed", 1);

    private final Random random = new Random(SEED);
    private final TestShard shard = BasicRouters.shard();
    private final List<String> pods = new ArrayList<>();

    @Test
    void shouldChooseAsThePlainFormulaWhileEndpointsOfAllKindsComeAndGo() {
        for (int step = 0; step < 400; step++) {
            change();
            for (int i = 0; i < 4; i++) {
                String key = text(1 + random.nextInt(256));
                assertThat(chosen(key)).as("seed %d, step %d", SEED, step).isEqualTo(highest(key));
            }
        }
    }

    @Test
    void shouldChooseAsThePlainFormulaForEachLowestByteOfTheHash() {
        for (int i = 0; i < 20; i++) {
            change();
        }
        for (char c = 1; c < 256; c++) { // FNV-1a multiplies by an odd number: each char makes another byte of it
            String key = String.valueOf(c);
            assertThat(chosen(key)).isEqualTo(highest(key));
            assertThat(chosen(key)).as("once more").isEqualTo(highest(key));
        }
    }

    /** Candidates may be few of the fleet, and others with each request. */
    @Test
    void shouldChooseAsThePlainFormulaAmongAnyCandidates() {
        for (int i = 0; i < 30; i++) {
            change();
        }
        for (int step = 0; step < 200; step++) {
            shard.fleet().ready(pods.get(random.nextInt(pods.size())), random.nextBoolean());
            if (ready().isEmpty()) {
                continue;
            }
            String key = text(1 + random.nextInt(20));
            assertThat(chosen(key)).as("seed %d, step %d", SEED, step).isEqualTo(highest(key));
        }
    }

    private void change() {
        FakeFleet fleet = shard.fleet();
        if (pods.size() > 1 && random.nextInt(3) == 0) {
            fleet.remove(pods.remove(random.nextInt(pods.size())));
        } else {
            String name = "pod-" + random.nextInt();
            fleet.add(name, host(), 1 + random.nextInt(65_535), "group-" + random.nextInt(3));
            pods.add(name);
        }
    }

    private String host() {
        return switch (random.nextInt(4)) {
            case 0 -> "10." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
            case 1 -> "fd00::" + Integer.toHexString(random.nextInt(0x10000));
            case 2 -> "2001:db8:" + "0:".repeat(1 + random.nextInt(4)) + ":" + Integer.toHexString(random.nextInt(16));
            default -> "engine-" + "x".repeat(random.nextInt(60)) + random.nextInt(100) + ".default.svc";
        };
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) (1 + random.nextInt(255)));
        }
        return text.toString();
    }

    private String chosen(String key) {
        return String.valueOf(shard.route("session-affinity", FakeRequest.plain().withSessionKey(key)).address());
    }

    private String highest(String key) {
        String best = "";
        long highest = 0;
        for (String pod : ready()) {
            String address = shard.pod(pod).address();
            long drawn = fnv(key + "\0" + address);
            if (best.isEmpty() || Long.compareUnsigned(drawn, highest) > 0) {
                highest = drawn;
                best = address;
            }
        }
        return best;
    }

    private List<String> ready() {
        return pods.stream().filter(pod -> shard.pod(pod).ready()).toList();
    }

    private static long fnv(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
        }
        return hash;
    }
}
