package dev.penstock.routers.slo;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Snapshot;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import java.util.List;
import java.util.Objects;

/** Requests that wait, for tests of what a queue is made of. They are not answered. */
final class Requests {

    private static final FakeFleet FLEET = new FakeFleet().add("p1");
    private static final long MINUTE = 60_000_000_000L;

    private Requests() {}

    private record Context(RoutingRequest request, long predictedOutputTokens) implements RoutingContext {

        @Override
        public Candidates candidates() {
            return Objects.requireNonNull(FLEET.current().model(FakeFleet.MODEL)).ready();
        }

        @Override
        public Snapshot snapshot() {
            return FLEET.current();
        }

        @Override
        public PodLoad load() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long deadlineNanos() {
            return 2 * MINUTE;
        }

        @Override
        public int attempt() {
            return 0;
        }

        @Override
        public List<String> strategies() {
            return List.of("slo");
        }

        @Override
        public boolean select(Plan plan) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean abstain(String reason) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean fail(ErrorCode error) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean revoked() {
            return false;
        }

        @Override
        public void responseHeader(String name, String value) {
            throw new UnsupportedOperationException();
        }
    }

    /** Arrived at 0. */
    static WaitingRequest waiting(int promptTokens, long outputTokens) {
        return waiting(FakeRequest.plain().withTokens(new int[promptTokens]), outputTokens, 1);
    }

    /** Arrived at 0, with times that its client asks for; -1 for none. */
    static WaitingRequest asking(long outputTokens, long firstTokenMillis, long perTokenMillis) {
        return waiting(FakeRequest.plain().withTokens(1).withSlo(nanos(firstTokenMillis), nanos(perTokenMillis)),
                outputTokens, 1);
    }

    static WaitingRequest waiting(FakeRequest request, long outputTokens, long number) {
        return new WaitingRequest(new Context(request, outputTokens),
                PriorityClass.of(request.priority(), Long.MAX_VALUE), number, 0, MINUTE);
    }

    private static long nanos(long millis) {
        return millis < 0 ? -1 : millis * 1_000_000;
    }
}
