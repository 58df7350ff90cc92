package dev.penstock.bench.proxy.report;

import dev.penstock.bench.proxy.load.LoadResult;
import dev.penstock.bench.proxy.target.ProxyKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** From samples to rows. */
public final class Summary {
    private Summary() {
    }

    /** One row for each target of each cell, in the order in which they first appear. */
    public static List<Row> rows(List<Sample> samples) {
        Map<Sample.Cell, Map<ProxyKind, List<Sample>>> cells = new LinkedHashMap<>();
        for (Sample sample : samples) {
            cells.computeIfAbsent(sample.cell(), cell -> new LinkedHashMap<>())
                    .computeIfAbsent(sample.proxy(), proxy -> new ArrayList<>())
                    .add(sample);
        }
        List<Row> rows = new ArrayList<>();
        for (Map<ProxyKind, List<Sample>> cell : cells.values()) {
            for (List<Sample> rounds : cell.values()) {
                rows.add(row(rounds, cell));
            }
        }
        return List.copyOf(rows);
    }

    private static Row row(List<Sample> rounds, Map<ProxyKind, List<Sample>> cell) {
        Sample first = rounds.getFirst();
        return new Row(
                first.cell(),
                first.proxy(),
                median(rounds, sample -> sample.result().perSecond()),
                median(rounds, sample -> sample.result().p50Millis()),
                median(rounds, sample -> sample.result().p99Millis()),
                median(rounds, Sample::cpuMicros),
                median(rounds, Sample::jitMicros),
                spread(rounds),
                ratio(rounds, cell.getOrDefault(ProxyKind.NGINX, List.of())),
                ratio(rounds, cell.getOrDefault(ProxyKind.HAPROXY, List.of())),
                median(rounds, Sample::inlineShare),
                rounds.stream().mapToLong(sample -> sample.result().errors()).sum(),
                clocked(rounds, cell));
    }

    private static Row.Clocked clocked(List<Sample> rounds, Map<ProxyKind, List<Sample>> cell) {
        if (!rounds.getFirst().cell().load().pace().clocked()) {
            return new Row.Clocked(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        List<Sample> direct = cell.getOrDefault(ProxyKind.DIRECT, List.of());
        double addedP99 = added(rounds, direct, LoadResult::p99Millis);
        double nginx = added(cell.getOrDefault(ProxyKind.NGINX, List.of()), direct, LoadResult::p99Millis);
        // Of differences that are noise there is no ratio.
        return new Row.Clocked(added(rounds, direct, LoadResult::p50Millis), addedP99,
                nginx > 0 ? addedP99 / nginx : Double.NaN, median(rounds, Sample::reuse));
    }

    /** What the proxy adds to the direct way, median of the differences of each round. */
    private static double added(List<Sample> rounds, List<Sample> direct, ToDoubleFunction<LoadResult> figure) {
        return Medians.of(rounds.stream().filter(sample -> sample.proxy() != ProxyKind.DIRECT)
                .flatMapToDouble(sample -> direct.stream()
                        .filter(other -> other.round() == sample.round())
                        .mapToDouble(other -> figure.applyAsDouble(sample.result())
                                - figure.applyAsDouble(other.result()))));
    }

    private static double median(List<Sample> rounds, ToDoubleFunction<Sample> figure) {
        return Medians.of(rounds.stream().mapToDouble(figure));
    }

    /** Each round is compared with the peer's of the same round: what disturbs a round disturbs both. */
    private static double ratio(List<Sample> rounds, List<Sample> peers) {
        return Medians.of(rounds.stream().flatMapToDouble(sample -> peers.stream()
                .filter(peer -> peer.round() == sample.round())
                .mapToDouble(peer -> sample.cpuMicros() / peer.cpuMicros())));
    }

    private static double spread(List<Sample> rounds) {
        double[] costs = rounds.stream()
                .mapToDouble(Sample::cpuMicros)
                .filter(Double::isFinite)
                .toArray();
        if (costs.length == 0) {
            return Double.NaN;
        }
        double least = DoubleStream.of(costs).min().orElse(Double.NaN);
        double most = DoubleStream.of(costs).max().orElse(Double.NaN);
        return (most - least) / Medians.of(DoubleStream.of(costs));
    }
}
