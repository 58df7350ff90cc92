package dev.penstock.cache.health;

import dev.penstock.cache.figures.HealthColumns;
import dev.penstock.core.config.Durations;
import dev.penstock.core.config.HealthSettings;
import dev.penstock.core.port.Health.State;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides which endpoints are out, and when they come back. Confined to {@code lb-cache}; the only one that decides, so
 * that no two decisions together leave too few endpoints.
 *
 * <p>What requests told is looked at as it stands, not one by one: however many fail at once, there is one look.
 */
public final class EjectionAgent {

    /** Least time between two looks. */
    static final long LOOK_INTERVAL_NANOS = 10_000_000;

    private static final Logger LOG = System.getLogger(EjectionAgent.class.getName());
    private static final long SECOND_NANOS = 1_000_000_000;

    private final EndpointHealth health;
    private final HealthColumns columns;
    private final SnapshotSource snapshots;
    private final Supplier<HealthSettings> settings;
    private final NanoClock clock;
    private final EjectionMetrics metrics;
    private final Int2ObjectHashMap<Absence> out = new Int2ObjectHashMap<>();
    private Snapshot fleet;
    private HealthSettings rules;
    private long lookedNanos;
    private long now;

    /**
     * Nobody is out.
     *
     * @param health whom it decides for
     * @param columns what requests told, and where it is shown
     * @param snapshots the fleet
     * @param settings the rules as they are now
     * @param clock the clock of the cache
     * @param metrics what it counts
     */
    public EjectionAgent(EndpointHealth health, HealthColumns columns, SnapshotSource snapshots,
            Supplier<HealthSettings> settings, NanoClock clock, Metrics metrics) {
        this.health = health;
        this.columns = columns;
        this.snapshots = snapshots;
        this.settings = settings;
        this.clock = clock;
        this.metrics = new EjectionMetrics(metrics);
        this.fleet = snapshots.current();
        this.rules = settings.get();
        this.lookedNanos = clock.nanoTime() - LOOK_INTERVAL_NANOS;
    }

    /** One duty cycle; how much there was to do. */
    public int doWork() {
        now = clock.nanoTime();
        int work = 0;
        Snapshot current = snapshots.current();
        HealthSettings asked = settings.get();
        if (current != fleet || !asked.equals(rules)) {
            fleet = current;
            rules = asked;
            forgetGone();
            returnSurplus();
            work++;
        }
        work += expire();
        if (health.wanted() && now - lookedNanos >= LOOK_INTERVAL_NANOS) {
            lookedNanos = now;
            health.take();
            look();
            work++;
        }
        return work;
    }

    /** How long there is nothing to do unless somebody wakes it. */
    public long restNanos() {
        long time = clock.nanoTime();
        long rest = health.wanted() ? Math.max(0, LOOK_INTERVAL_NANOS - (time - lookedNanos)) : Long.MAX_VALUE;
        for (Absence absence : out.values()) {
            if (absence.state != State.PROBING) {
                rest = Math.min(rest, Math.max(0, absence.untilNanos - time));
            }
        }
        return rest;
    }

    // ---- looking

    private void look() {
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null && (!columns.untroubled(endpoint) || columns.overloaded(endpoint))) {
                judge(endpoint, out.get(slot));
            }
        }
    }

    private void judge(PodView endpoint, @Nullable Absence absence) {
        long told = columns.told(endpoint);
        int overload = columns.takeOverload(endpoint);
        if (absence == null || absence.state == State.COOLING_DOWN) {
            if (rules.ejects() && HealthColumns.failures(told) >= rules.consecutiveFailures()) {
                eject(endpoint, absence, told);
            } else if (overload != 0 && rules.coolsDown()) {
                coolDown(endpoint, absence, overload);
            }
        } else if (absence.state == State.PROBING) {
            if (HealthColumns.answered(told)) {
                comeBack(absence, "it answers");
            } else if (HealthColumns.failures(told) > 0) {
                eject(endpoint, absence, told);
            } else if (overload != 0) {
                // It lives and has too much to do: neither a success nor a failure of the probe.
                show(absence, State.EJECTED, now + coolDownNanos(overload));
            }
        }
    }

    private void eject(PodView endpoint, @Nullable Absence absence, long told) {
        if (absence == null && !dispensable(endpoint)) {
            metrics.refused();
            return;
        }
        Absence ejected = absence == null ? leave(endpoint, State.EJECTED) : absence;
        ejected.cause = HealthColumns.cause(told);
        ejected.failures = HealthColumns.failures(told);
        ejected.ejections++;
        long time = ejectionNanos(ejected.ejections);
        columns.watch(endpoint, true);
        show(ejected, State.EJECTED, now + time);
        metrics.ejected(ejected.cause);
        LOG.log(Level.WARNING, () -> name(endpoint) + " is ejected for " + Durations.text(time) + ": "
                + ejected.reason());
    }

    private void coolDown(PodView endpoint, @Nullable Absence absence, int overload) {
        long until = now + coolDownNanos(overload);
        if (absence == null) {
            if (!dispensable(endpoint)) {
                metrics.refused();
                return;
            }
            metrics.cooledDown();
            Absence cooling = leave(endpoint, State.COOLING_DOWN);
            cooling.cause = overload & 0x3ff;
            show(cooling, State.COOLING_DOWN, until);
            LOG.log(Level.DEBUG, () -> name(endpoint) + " is left alone for a moment: " + cooling.reason());
        } else if (until > absence.untilNanos) {
            show(absence, State.COOLING_DOWN, until);
        }
    }

    private Absence leave(PodView endpoint, State state) {
        long well = now - columns.since(endpoint);
        Absence absence = new Absence(endpoint, state,
                well >= rules.ejectionMaxNanos() ? 0 : columns.ejections(endpoint));
        out.put(endpoint.slot(), absence);
        return absence;
    }

    private long ejectionNanos(int ejections) {
        long time = rules.ejectionNanos();
        long most = Math.max(time, rules.ejectionMaxNanos());
        for (int i = 1; i < ejections && time < most; i++) {
            time *= 2;
        }
        return Math.min(time, most);
    }

    private long coolDownNanos(int overload) {
        // One more than the seconds, behind ten bits of status.
        long asked = ((overload >> 10) - 1L) * SECOND_NANOS;
        return Math.max(rules.coolDownNanos(), Math.min(asked, rules.coolDownMaxNanos()));
    }

    // ---- coming back

    private int expire() {
        if (out.isEmpty()) {
            return 0;
        }
        int expired = 0;
        for (Absence absence : List.copyOf(out.values())) {
            if (absence.state != State.PROBING && absence.untilNanos - now <= 0) {
                if (absence.ejected()) {
                    columns.watch(absence.endpoint, true);
                    show(absence, State.PROBING, absence.untilNanos);
                } else {
                    comeBack(absence, "its time is over");
                }
                expired++;
            }
        }
        return expired;
    }

    private void comeBack(Absence absence, String because) {
        PodView endpoint = absence.endpoint;
        if (absence.ejected()) {
            // Failures that were counted while it cooled down count on.
            columns.watch(endpoint, false);
            metrics.back();
        }
        out.remove(endpoint.slot());
        show(absence, State.READY, now);
        LOG.log(absence.failures > 0 ? Level.INFO : Level.DEBUG, () -> name(endpoint) + " is back: " + because);
    }

    private void show(Absence absence, State state, long until) {
        if (state != absence.state || absence.sinceNanos == 0) {
            absence.sinceNanos = now;
        }
        absence.state = state;
        absence.untilNanos = until;
        columns.show(absence.endpoint, state, absence.cause, absence.failures, absence.ejections, absence.sinceNanos,
                until);
        health.changed(out.size());
    }

    // ---- never too many

    /** Whether each model can do without an endpoint. */
    private boolean dispensable(PodView endpoint) {
        for (ModelView model : fleet.models()) {
            Candidates ready = model.ready();
            if (ready.contains(endpoint) && surplus(ready) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** How many more of some endpoints are out than may be; negative where more may. */
    private int surplus(Candidates ready) {
        int missing = 0;
        if (!out.isEmpty()) {
            for (int i = 0; i < ready.size(); i++) {
                missing += out.containsKey(ready.get(i).slot()) ? 1 : 0;
            }
        }
        int may = Math.min((int) ((long) ready.size() * rules.maxEjectedPercent() / 100), ready.size() - 1);
        return missing - Math.max(0, may);
    }

    private void forgetGone() {
        for (Absence absence : List.copyOf(out.values())) {
            PodView current = fleet.endpoint(absence.endpoint.slot());
            if (current != null && current.sameEndpoint(absence.endpoint)) {
                absence.endpoint = current;
            } else {
                out.remove(absence.endpoint.slot());
            }
        }
        health.changed(out.size());
    }

    /** Brings back who may not be out any more, because its model has fewer endpoints now, or by new rules. */
    private void returnSurplus() {
        for (Absence absence : List.copyOf(out.values())) {
            if (absence.ejected() ? !rules.ejects() : !rules.coolsDown()) {
                comeBack(absence, "the settings have changed");
            }
        }
        if (out.isEmpty()) {
            return;
        }
        for (ModelView model : fleet.models()) {
            while (surplus(model.ready()) > 0) {
                comeBack(firstToReturn(model.ready()), "its model has few endpoints");
            }
        }
    }

    private Absence firstToReturn(Candidates ready) {
        Absence first = null;
        for (int i = 0; i < ready.size(); i++) {
            Absence absence = out.get(ready.get(i).slot());
            if (absence != null && (first == null || absence.untilNanos - first.untilNanos < 0)) {
                first = absence;
            }
        }
        if (first == null) {
            throw new IllegalStateException("nobody is out");
        }
        return first;
    }

    private static String name(PodView endpoint) {
        return "endpoint " + endpoint.namespace() + "/" + endpoint.name() + " (" + endpoint.address() + ")";
    }
}
