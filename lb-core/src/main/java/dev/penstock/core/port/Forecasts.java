package dev.penstock.core.port;

/**
 * What can be told of a request before it is sent.
 *
 * @param outputs how long its answer will be
 * @param profiles what such a request takes of an endpoint
 */
public record Forecasts(OutputPredictor outputs, GpuProfiles profiles) {

    /** Nothing can be told. */
    public static final Forecasts NONE = new Forecasts(OutputPredictor.NONE, GpuProfiles.NONE);
}
