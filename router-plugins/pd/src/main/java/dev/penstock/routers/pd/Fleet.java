package dev.penstock.routers.pd;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of a request by role: those whose roleset has both roles, and pods that do both. Used again. Confined
 * to one thread.
 */
final class Fleet {

    private final Roles roles;
    private final boolean bucketing;
    private final Legs unsortedPrefills = new Legs();
    private final Legs unsortedDecodes = new Legs();
    private final Legs prefills = new Legs();
    private final Legs decodes = new Legs();
    private final Legs combined = new Legs();
    // Most requests of a model have the same list of candidates, until the fleet changes.
    private @Nullable Candidates sorted;
    private int[] prefillsOf = {};
    private int[] decodesOf = {};
    private int[] scratch = {};

    /**
     * Of pods with these roles.
     *
     * @param bucketing whether profiles of pods are heeded
     */
    Fleet(Roles roles, boolean bucketing) {
        this.roles = roles;
        this.bucketing = bucketing;
    }

    Legs prefills() {
        return prefills;
    }

    Legs decodes() {
        return decodes;
    }

    /** Pods that do both. */
    Legs combined() {
        return combined;
    }

    /** More than the highest number of a roleset. */
    int sets() {
        return roles.sets();
    }

    String connector(PodView prefill) {
        return roles.connector(prefill.slot());
    }

    /** Sorts the candidates of a request. */
    void sort(RoutingContext context) {
        Candidates candidates = context.candidates();
        if (candidates == sorted && !bucketing) {
            prefills.all();
            decodes.all();
            return;
        }
        sorted = candidates;
        unsortedPrefills.clear();
        unsortedDecodes.clear();
        combined.clear();
        long promptTokens = bucketing ? context.promptTokens() : 0;
        String profile = context.request().configProfile();
        for (int i = 0; i < candidates.size(); i++) {
            PodView pod = candidates.get(i);
            roles.learn(pod);
            sort(pod, i, promptTokens, profile);
        }
        int sets = roles.sets();
        if (prefillsOf.length < sets) {
            prefillsOf = new int[2 * sets];
            decodesOf = new int[2 * sets];
            scratch = new int[2 * sets];
        }
        count(unsortedPrefills, prefillsOf);
        count(unsortedDecodes, decodesOf);
        System.arraycopy(decodesOf, 0, scratch, 0, sets);
        decodes.sorted(unsortedDecodes, scratch, prefillsOf, sets);
        prefills.sorted(unsortedPrefills, prefillsOf, decodesOf, sets);
        combined.all();
    }

    private void sort(PodView pod, int place, long promptTokens, @Nullable String profile) {
        int slot = pod.slot();
        Roles.Role role = roles.role(slot);
        if (role == Roles.Role.NONE) {
            return;
        }
        if (bucketing) {
            LengthBucket bucket = roles.profiles(slot).of(profile);
            if (!bucket.takes(promptTokens) || (role == Roles.Role.OTHER && !bucket.combined())) {
                return;
            }
        }
        switch (role) {
            case PREFILL -> unsortedPrefills.add(pod, place, roles.set(slot));
            case DECODE -> unsortedDecodes.add(pod, place, roles.set(slot));
            case OTHER -> {
                if (bucketing) {
                    combined.add(pod, place, roles.set(slot));
                }
            }
            case NONE -> { }
        }
    }

    private static void count(Legs legs, int[] bySet) {
        Arrays.fill(bySet, 0);
        for (int i = 0; i < legs.size(); i++) {
            bySet[legs.set(i)]++;
        }
    }

    /** The fleet has changed. */
    void changed(Snapshot snapshot) {
        sorted = null;
        roles.forgetIfCrowded(snapshot.slots());
    }

    /** A pod has left. */
    void forget(PodView pod) {
        roles.forget(pod);
    }
}
