package dev.penstock.routers.slo;

import java.util.ArrayList;
import java.util.List;

/**
 * The requests that wait for one model, by class; bounded in number and bytes. Confined to the thread that holds the
 * shard.
 */
final class SloQueue {

    private final String model;
    private final int mostRequests;
    private final long mostBytes;
    private final ClassQueue[] classes = new ClassQueue[PriorityClass.COUNT];
    private int size;
    private long bytes;
    private int told;

    /**
     * An empty queue.
     *
     * @param model name of the model
     * @param mostRequests how many requests there may be
     * @param mostBytes how many bytes the proxy may hold for them
     */
    SloQueue(String model, int mostRequests, long mostBytes) {
        this.model = model;
        this.mostRequests = mostRequests;
        this.mostBytes = mostBytes;
        for (int i = 0; i < classes.length; i++) {
            classes[i] = new ClassQueue();
        }
    }

    String model() {
        return model;
    }

    int size() {
        return size;
    }

    long bytes() {
        return bytes;
    }

    ClassQueue of(PriorityClass priority) {
        return classes[priority.number()];
    }

    /** Whether there is room for one more. */
    boolean fits(WaitingRequest request) {
        return size < mostRequests && bytes + request.bytes() <= mostBytes;
    }

    /**
     * Takes out less urgent requests, the least urgent and newest ones first, until there is room for a request.
     *
     * @return those that were taken out; none where that would not make room
     */
    List<WaitingRequest> makeRoom(WaitingRequest request) {
        int countBelow = 0;
        long bytesBelow = 0;
        for (int i = request.priority().number() + 1; i < classes.length; i++) {
            countBelow += classes[i].size();
            bytesBelow += classes[i].bytes();
        }
        if (size - countBelow >= mostRequests || bytes - bytesBelow + request.bytes() > mostBytes) {
            return List.of();
        }
        List<WaitingRequest> out = new ArrayList<>();
        for (int i = classes.length - 1; i > request.priority().number(); i--) {
            while (!fits(request) && classes[i].size() > 0) {
                WaitingRequest newest = classes[i].newest();
                remove(newest);
                out.add(newest);
            }
        }
        return out;
    }

    void add(WaitingRequest request) {
        of(request.priority()).add(request);
        size++;
        bytes += request.bytes();
    }

    void remove(WaitingRequest request) {
        of(request.priority()).remove(request);
        size--;
        bytes -= request.bytes();
    }

    /** All of them; a copy. */
    List<WaitingRequest> all() {
        List<WaitingRequest> all = new ArrayList<>(size);
        for (ClassQueue queue : classes) {
            all.addAll(queue.all());
        }
        return all;
    }

    /** Whether its length is another one than when this was last asked. */
    boolean lengthChanged() {
        boolean changed = told != size;
        told = size;
        return changed;
    }
}
