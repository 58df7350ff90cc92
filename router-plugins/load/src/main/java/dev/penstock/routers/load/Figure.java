package dev.penstock.routers.load;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;

/** A figure of a pod for a model. */
@FunctionalInterface
interface Figure {

    /** What is nothing for all pods. */
    Figure ZERO = (load, model, pod) -> 0;

    /** Its value; not finite where it is missing. */
    double of(PodLoad load, ModelView model, PodView pod);

    /** What the engine reports. */
    static Figure gauge(Gauge gauge) {
        return (load, model, pod) -> load.gauge(pod, model, gauge);
    }

    /** Another value where this one is missing. */
    default Figure or(double other) {
        return (load, model, pod) -> {
            double value = of(load, model, pod);
            return Double.isFinite(value) ? value : other;
        };
    }

    /** Another figure where this one is missing. */
    default Figure or(Figure other) {
        return (load, model, pod) -> {
            double value = of(load, model, pod);
            return Double.isFinite(value) ? value : other.of(load, model, pod);
        };
    }

    /** The sum of two; missing where one of them is. */
    default Figure plus(Figure other) {
        return (load, model, pod) -> of(load, model, pod) + other.of(load, model, pod);
    }

    /** The difference of two, never below 0; missing where one of them is. */
    default Figure minus(Figure other) {
        return (load, model, pod) -> Math.max(0, of(load, model, pod) - other.of(load, model, pod));
    }

    /** Some times the figure. */
    default Figure times(double factor) {
        return (load, model, pod) -> factor * of(load, model, pod);
    }
}
