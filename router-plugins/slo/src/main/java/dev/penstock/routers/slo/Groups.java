package dev.penstock.routers.slo;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.RouterEnvironment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The groups of some candidates, kept while the candidates are the same: those of most requests of a model are, until
 * the fleet changes. Confined to the thread that holds the shard.
 */
final class Groups {

    private final RouterEnvironment environment;
    private final SloSettings.Caps caps;
    private final List<Group> groups = new ArrayList<>();
    private final List<Loads> loads = new ArrayList<>();
    private @Nullable Candidates candidates;
    private boolean deciding;

    /**
     * No groups.
     *
     * @param caps what an endpoint may have
     */
    Groups(RouterEnvironment environment, SloSettings.Caps caps) {
        this.environment = environment;
        this.caps = caps;
    }

    /** Another decision begins: profiles, and what is in flight, may be other than at the last one. */
    void decide() {
        deciding = false;
    }

    /** The fleet has changed: candidates that have left are not to be kept. */
    void forget() {
        candidates = null;
        groups.clear();
    }

    /** Makes these the groups of some candidates. */
    Groups of(String model, Candidates now) {
        if (now == candidates && deciding) {
            return this;
        }
        if (now != candidates) {
            split(now);
        }
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            group.decide(environment.gpuProfile(model, group.name()));
        }
        deciding = true;
        return this;
    }

    private void split(Candidates now) {
        groups.clear();
        for (int i = 0; i < now.groups(); i++) {
            if (i == loads.size()) {
                loads.add(new Loads(environment.load()));
            }
            groups.add(new Group(now, i, caps, loads.get(i)));
        }
        candidates = now;
    }

    int size() {
        return groups.size();
    }

    Group get(int number) {
        return groups.get(number);
    }
}
