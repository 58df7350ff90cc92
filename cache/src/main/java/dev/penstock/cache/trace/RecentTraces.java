package dev.penstock.cache.trace;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/** The last windows, in memory. Written by {@code lb-trace} alone, read by any thread. */
public final class RecentTraces implements TraceStore {

    private final int most;
    private final ArrayDeque<TraceWindow> windows = new ArrayDeque<>();
    private volatile List<TraceWindow> published = List.of();

    /**
     * No windows yet.
     *
     * @param most windows that are kept; the oldest ones go first
     */
    public RecentTraces(int most) {
        this.most = most;
    }

    @Override
    public void write(TraceWindow window) {
        for (Iterator<TraceWindow> each = windows.descendingIterator(); each.hasNext();) {
            if (each.next().end() == window.end()) {
                each.remove();
                break;
            }
        }
        // A window that is heard of again is one of the last few.
        ArrayDeque<TraceWindow> later = new ArrayDeque<>();
        while (!windows.isEmpty() && windows.getLast().end() > window.end()) {
            later.push(windows.removeLast());
        }
        windows.addLast(window);
        windows.addAll(later);
        while (windows.size() > most) {
            windows.removeFirst();
        }
        published = List.copyOf(windows);
    }

    /** The windows, oldest first. */
    public List<TraceWindow> windows() {
        return published;
    }
}
