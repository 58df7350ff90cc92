package dev.penstock.cache.replica;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.core.model.Fleet;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the sum of what others have in flight into the columns, for each endpoint of the fleet. The only writer of
 * these columns. Confined to {@code lb-replica}.
 */
final class RemoteLoads {

    private final EndpointIds endpoints;
    private final FigureColumns figures;
    private long[] requests = {};
    private long[] loads = {};
    // What was written last, and for which generation: only what changes is written.
    private int[] generations = {};
    private int[] shownRequests = {};
    private long[] shownLoads = {};

    RemoteLoads(EndpointIds endpoints, FigureColumns figures) {
        this.endpoints = endpoints;
        this.figures = figures;
    }

    /** Shows what all others have in flight together, in the place of what was shown before. */
    void show(List<LoadReport> reports) {
        Fleet fleet = endpoints.fleet();
        clear(fleet.slots());
        for (LoadReport report : reports) {
            for (int i = 0; i < report.size(); i++) {
                int slot = endpoints.slot(report.id(i));
                if (slot >= 0) {
                    requests[slot] += report.requests(i);
                    loads[slot] += report.load(i);
                }
            }
        }
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null) {
                show(endpoint, (int) Math.min(Integer.MAX_VALUE, requests[slot]), loads[slot]);
            }
        }
    }

    private void show(PodView endpoint, int inFlight, long load) {
        int slot = endpoint.slot();
        if (generations[slot] != endpoint.generation()) {
            // The columns of a new endpoint begin at zero.
            generations[slot] = endpoint.generation();
            shownRequests[slot] = 0;
            shownLoads[slot] = 0;
        }
        if (shownRequests[slot] != inFlight) {
            figures.reportInFlightRemote(endpoint, inFlight);
            shownRequests[slot] = inFlight;
        }
        if (shownLoads[slot] != load) {
            figures.reportPendingLoadRemote(endpoint, load);
            shownLoads[slot] = load;
        }
    }

    private void clear(int slots) {
        if (slots > requests.length) {
            requests = new long[slots];
            loads = new long[slots];
            generations = Arrays.copyOf(generations, slots);
            shownRequests = Arrays.copyOf(shownRequests, slots);
            shownLoads = Arrays.copyOf(shownLoads, slots);
        } else {
            Arrays.fill(requests, 0);
            Arrays.fill(loads, 0);
        }
    }
}
