package dev.penstock.server;

import dev.penstock.cache.CacheState;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.discovery.DiscoveryState;
import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.trace.TraceWindow;
import dev.penstock.server.admin.AdminPage;
import dev.penstock.server.admin.GpuProfilesPage;
import dev.penstock.server.admin.SnapshotPage;
import dev.penstock.server.admin.TracesPage;
import dev.penstock.server.exchange.ModelList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The pages of the admin port that show what the cache knows. Without state. */
final class CachePages {

    private CachePages() {}

    /** The pages by their paths. */
    static Map<String, AdminPage> of(FleetCache cache) {
        Map<String, AdminPage> pages = new LinkedHashMap<>();
        pages.put("/v1/models", query -> new AdminPage.Reply(200, "application/json",
                ModelList.all(cache.current())));
        pages.put("/admin/snapshot", new SnapshotPage(new SnapshotPage.Witnesses(cache, cache.figures(),
                cache.health(), cache.times(), cache::metricsTrouble, () -> discovery(cache))));
        pages.put("/admin/gpu-profiles", GpuProfilesPage.of(() -> cache.gpuProfiles().all().stream()
                .map(known -> new GpuProfilesPage.Loaded(known.source(), known.profile())).toList(),
                () -> cache.gpuProfileErrors().stream().map(FileError::toString).toList()));
        pages.put("/admin/traces", TracesPage.of(() -> traces(cache)));
        return pages;
    }

    private static List<SnapshotPage.Source> discovery(FleetCache cache) {
        CacheState state = cache.state();
        List<SnapshotPage.Source> sources = new ArrayList<>();
        for (int i = 0; i < state.sources().size(); i++) {
            DiscoveryState source = state.sources().get(i);
            sources.add(new SnapshotPage.Source(source.source(), state.goodAgeNanos().get(i) / 1e9,
                    source.errors().stream().map(FileError::toString).toList()));
        }
        return sources;
    }

    private static List<TracesPage.Window> traces(FleetCache cache) {
        List<TracesPage.Window> windows = new ArrayList<>();
        for (TraceWindow window : cache.traces()) {
            NavigableMap<String, String> records = new TreeMap<>();
            window.models().forEach(model -> records.put(model.model(), model.json()));
            windows.add(new TracesPage.Window(window.end(), records));
        }
        return windows;
    }
}
