package dev.penstock.cache.limits;

import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.Quota;
import dev.penstock.spi.Usage;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two that both have to admit a request. They are asked at the same time, unless the first one refuses at once; where
 * one refuses, what the other one has granted is refunded. Any thread.
 */
public final class Together implements Admission {

    private final Admission first;
    private final Admission second;

    private Together(Admission first, Admission second) {
        this.first = first;
        this.second = second;
    }

    /** Both of them. */
    public static Admission of(Admission first, Admission second) {
        return first == UNLIMITED ? second : second == UNLIMITED ? first : new Together(first, second);
    }

    @Override
    public boolean wants(@Nullable ModelRate rate, @Nullable String user, @Nullable ApiKey key) {
        return first.wants(rate, user, key) || second.wants(rate, user, key);
    }

    @Override
    public long deadlineNanos() {
        return Math.max(first.deadlineNanos(), second.deadlineNanos());
    }

    private static boolean wants(Admission one, Request request) {
        return one.wants(request.rate(), request.user(), request.key());
    }

    @Override
    public void admit(Request request, Consumer<Decision> answer) {
        if (!wants(first, request)) {
            second.admit(request, answer);
        } else if (!wants(second, request)) {
            first.admit(request, answer);
        } else {
            Both both = new Both(answer);
            first.admit(request, both::first);
            if (!both.refused()) {
                second.admit(request, both::second);
            }
        }
    }

    @Override
    public Decision late(Request request) {
        Decision one = wants(first, request) ? first.late(request) : Admitted.FREELY;
        if (one instanceof Rejected) {
            return one;
        }
        return joined(one, wants(second, request) ? second.late(request) : Admitted.FREELY);
    }

    private static Decision joined(Decision first, Decision second) {
        Quota quota = first.quota() != null ? first.quota() : second.quota();
        if (first instanceof Admitted(String user, Grant grant, Quota any)) {
            if (second instanceof Admitted(String other, Grant more, Quota its)) {
                return new Admitted(user != null ? user : other, grants(grant, more), quota);
            }
            grant.refund();
        } else if (second instanceof Admitted(String user, Grant grant, Quota any)) {
            grant.refund();
        }
        Rejected refused = (Rejected) (first instanceof Rejected ? first : second);
        return new Rejected(refused.error(), refused.message(), refused.retryAfterSeconds(), quota);
    }

    private static Grant grants(Grant one, Grant other) {
        return one == Grant.NOTHING ? other : other == Grant.NOTHING ? one : new Grants(one, other);
    }

    /** The answers of both, which come in any order, on any thread. */
    private static final class Both {
        private final Consumer<Decision> answer;
        private final AtomicReference<@Nullable Decision> earlier = new AtomicReference<>();

        Both(Consumer<Decision> answer) {
            this.answer = answer;
        }

        /** Whether one has refused, so that the other one need not be asked. */
        boolean refused() {
            return earlier.get() instanceof Rejected;
        }

        void first(Decision decision) {
            arrived(decision, true);
        }

        void second(Decision decision) {
            arrived(decision, false);
        }

        private void arrived(Decision decision, boolean first) {
            if (earlier.compareAndSet(null, decision)) {
                // Nothing that comes can change it.
                if (decision instanceof Rejected) {
                    answer.accept(decision);
                }
                return;
            }
            Decision before = Objects.requireNonNull(earlier.get());
            if (before instanceof Admitted) {
                answer.accept(first ? joined(decision, before) : joined(before, decision));
            } else if (decision instanceof Admitted(String user, Grant grant, Quota quota)) {
                grant.refund();
            }
        }
    }

    private record Grants(Grant one, Grant other) implements Grant {
        @Override
        public void refund() {
            one.refund();
            other.refund();
        }

        @Override
        public void settle(Usage usage) {
            one.settle(usage);
            other.settle(usage);
        }
    }
}
