package dev.penstock.testkit;

import dev.penstock.core.port.Figures;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Live figures of up to 1,024 endpoints. What the shard itself has in flight is counted as in production; what other
 * proxies have in flight, and what the engines report, a test says. Any thread.
 */
public final class FakeLoad implements PodLoad {

    private static final int SLOTS = 1_024;

    private final AtomicIntegerArray local = new AtomicIntegerArray(SLOTS);
    private final AtomicIntegerArray remote = new AtomicIntegerArray(SLOTS);
    private final AtomicLongArray pending = new AtomicLongArray(SLOTS);
    private final AtomicLongArray loads = new AtomicLongArray(SLOTS);
    private final double[] otherLoads = new double[SLOTS];
    private final double[] rates = missing();
    // NaN where reports do not age.
    private final double[] reportedNanos = missing();
    private final Map<Gauge, double[]> gauges = new ConcurrentHashMap<>();
    private final Map<OfModel, double[]> gaugesByModel = new ConcurrentHashMap<>();
    private final Figures figures = new Counted();
    private final GpuProfiles profiles;
    private final HandClock clock;

    private record OfModel(String model, Gauge gauge) {}

    /** Nothing in flight, nothing reported; that of a shard is {@link TestShard#load}. */
    public FakeLoad() {
        this(GpuProfiles.NONE, new HandClock());
    }

    /** Nothing in flight, nothing reported; load is told by some profiles, reports age by a clock. */
    FakeLoad(GpuProfiles profiles, HandClock clock) {
        this.profiles = profiles;
        this.clock = clock;
    }

    /**
     * Says how many requests other proxies have in flight at an endpoint; those that the shard has chosen it for come
     * on top.
     *
     * @param endpoint the endpoint
     * @param requests how many; 0 at first
     * @return this
     */
    public FakeLoad inFlight(PodView endpoint, int requests) {
        remote.set(endpoint.slot(), requests);
        return this;
    }

    /**
     * Says what the engine of an endpoint reports.
     *
     * @param endpoint the endpoint
     * @param gauge which figure
     * @param value its value; NaN for none, as at first
     * @return this
     */
    public FakeLoad gauge(PodView endpoint, Gauge gauge, double value) {
        values(gauge)[endpoint.slot()] = value;
        return this;
    }

    /**
     * Says what the engine of an endpoint reports of one of its models.
     *
     * @param endpoint the endpoint
     * @param model name of the model
     * @param gauge which figure
     * @param value its value; NaN for none, as at first: then that of the base model, or of the endpoint, counts
     * @return this
     */
    public FakeLoad gauge(PodView endpoint, String model, Gauge gauge, double value) {
        gaugesByModel.computeIfAbsent(new OfModel(model, gauge), any -> missing())[endpoint.slot()] = value;
        return this;
    }

    /**
     * Says when the engine of an endpoint reported, so that what it reports grows old from then on. Without this it is
     * always new.
     *
     * @param endpoint the endpoint
     * @param nanoTime in nanoseconds, by {@link TestShard#clock}
     * @return this
     */
    public FakeLoad reportedAt(PodView endpoint, long nanoTime) {
        reportedNanos[endpoint.slot()] = nanoTime;
        return this;
    }

    /**
     * Says which load other proxies have in flight at an endpoint; that of requests which the shard has chosen it for
     * comes on top. Seen where the group of the endpoint has a profile, see {@link TestShard#forecasts}.
     *
     * @param endpoint the endpoint
     * @param load as {@link PodLoad#pendingLoad} has it; 0 at first
     * @return this
     */
    public FakeLoad pendingLoad(PodView endpoint, double load) {
        otherLoads[endpoint.slot()] = load;
        return this;
    }

    /**
     * Says how many requests a second an endpoint completes.
     *
     * @param endpoint the endpoint
     * @param rate as {@link PodLoad#completionRate} has it; NaN at first
     * @return this
     */
    public FakeLoad completionRate(PodView endpoint, double rate) {
        rates[endpoint.slot()] = rate;
        return this;
    }

    /** Whether nothing is in flight, and no prompt waits, by this shard. */
    public boolean idle() {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (local.get(slot) != 0 || pending.get(slot) != 0 || loads.get(slot) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int inFlightLocal(PodView endpoint) {
        return local.get(endpoint.slot());
    }

    @Override
    public int inFlightRemote(PodView endpoint) {
        return remote.get(endpoint.slot());
    }

    @Override
    public long pendingTokens(PodView endpoint) {
        return pending.get(endpoint.slot());
    }

    @Override
    public double pendingLoad(PodView endpoint) {
        return profiles.tellLoadOf(endpoint.group())
                ? otherLoads[endpoint.slot()] + (double) loads.get(endpoint.slot()) / Figures.LOAD_UNIT
                : Double.NaN;
    }

    @Override
    public double completionRate(PodView endpoint) {
        return rates[endpoint.slot()];
    }

    /** What the test said; a rate of completions where it said only that. */
    @Override
    public double gauge(PodView endpoint, Gauge gauge) {
        double told = values(gauge)[endpoint.slot()];
        return Double.isNaN(told) && gauge == Gauge.DRAIN_RATE ? completionRate(endpoint) : told;
    }

    /** 0 for what is reported, unless the test said {@linkplain #reportedAt when}. */
    @Override
    public double gaugeAgeNanos(PodView endpoint, Gauge gauge) {
        return Double.isNaN(gauge(endpoint, gauge)) ? Double.NaN : age(endpoint);
    }

    @Override
    public double gauge(PodView endpoint, ModelView model, Gauge gauge) {
        double own = ofModel(endpoint, model.name(), gauge);
        double base = Double.isNaN(own) ? ofModel(endpoint, model.baseModel(), gauge) : own;
        return Double.isNaN(base) ? gauge(endpoint, gauge) : base;
    }

    @Override
    public double gaugeAgeNanos(PodView endpoint, ModelView model, Gauge gauge) {
        return Double.isNaN(gauge(endpoint, model, gauge)) ? Double.NaN : age(endpoint);
    }

    private double age(PodView endpoint) {
        double at = reportedNanos[endpoint.slot()];
        return Double.isNaN(at) ? 0 : clock.nanoTime() - at;
    }

    /** The same figures, with the side that counts. */
    Figures figures() {
        return figures;
    }

    private double[] values(Gauge gauge) {
        return gauges.computeIfAbsent(gauge, any -> missing());
    }

    private double ofModel(PodView endpoint, String model, Gauge gauge) {
        double[] values = gaugesByModel.get(new OfModel(model, gauge));
        return values == null ? Double.NaN : values[endpoint.slot()];
    }

    private static double[] missing() {
        double[] values = new double[SLOTS];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    private final class Counted implements Figures {

        @Override
        public int inFlightLocal(PodView endpoint) {
            return FakeLoad.this.inFlightLocal(endpoint);
        }

        @Override
        public int inFlightRemote(PodView endpoint) {
            return FakeLoad.this.inFlightRemote(endpoint);
        }

        @Override
        public long pendingTokens(PodView endpoint) {
            return FakeLoad.this.pendingTokens(endpoint);
        }

        @Override
        public double pendingLoad(PodView endpoint) {
            return FakeLoad.this.pendingLoad(endpoint);
        }

        @Override
        public double completionRate(PodView endpoint) {
            return FakeLoad.this.completionRate(endpoint);
        }

        @Override
        public double gauge(PodView endpoint, Gauge gauge) {
            return FakeLoad.this.gauge(endpoint, gauge);
        }

        @Override
        public double gaugeAgeNanos(PodView endpoint, Gauge gauge) {
            return FakeLoad.this.gaugeAgeNanos(endpoint, gauge);
        }

        @Override
        public double gauge(PodView endpoint, ModelView model, Gauge gauge) {
            return FakeLoad.this.gauge(endpoint, model, gauge);
        }

        @Override
        public double gaugeAgeNanos(PodView endpoint, ModelView model, Gauge gauge) {
            return FakeLoad.this.gaugeAgeNanos(endpoint, model, gauge);
        }

        @Override
        public void addInFlight(PodView endpoint, int delta) {
            local.addAndGet(endpoint.slot(), delta);
        }

        @Override
        public void addPendingTokens(PodView endpoint, long delta) {
            pending.addAndGet(endpoint.slot(), delta);
        }

        @Override
        public void addPendingLoad(PodView endpoint, long delta) {
            loads.addAndGet(endpoint.slot(), delta);
        }
    }
}
