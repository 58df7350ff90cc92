package dev.penstock.routers.fairness;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** The users of one model and their tokens; bounded. Confined to one thread. */
final class ModelUsers {

    private final VtcSettings.Window window;
    private final VtcSettings.Bounds bounds;
    // Whoever has asked for something least recently comes first.
    private final LinkedHashMap<String, UserTokens> users = new LinkedHashMap<>(16, 0.75f, true);
    private final TokenRange range = new TokenRange();
    private long unit;

    /** Nobody yet. */
    ModelUsers(VtcSettings settings, long nowNanos) {
        window = settings.window();
        bounds = settings.bounds();
        unit = unit(nowNanos);
    }

    /** Weighted tokens of a user; 0 for one who is not known. */
    double tokens(String user, long nowNanos) {
        turn(nowNanos);
        UserTokens tokens = users.get(user);
        return tokens == null ? 0 : tokens.total();
    }

    /** How many tokens one place in the order of pods stands for. */
    double bucket() {
        double least = range.isEmpty() ? bounds.minTokens() : range.fewest();
        double most = range.isEmpty() ? bounds.maxTokens() : range.most();
        return Math.max(bounds.minTokens(), (least + most) / 2);
    }

    /**
     * A request of a user was sent.
     *
     * @return to be settled when it ends
     */
    UserTokens reserve(String user, double tokens, long nowNanos) {
        turn(nowNanos);
        UserTokens of = users.get(user);
        if (of == null) {
            of = new UserTokens(user, range.take(), window.units(), unit);
            users.put(user, of);
        }
        of.reserve(tokens);
        range.set(of.place(), of.total());
        return of;
    }

    /** A request has ended. Of one whose user was forgotten meanwhile nothing is remembered. */
    void settle(UserTokens of, double reserved, double used, long nowNanos) {
        turn(nowNanos);
        if (users.get(of.user()) == of) {
            of.settle(reserved, used);
            range.set(of.place(), of.total());
        }
    }

    /**
     * Forgets the user who has been idle for longest where there are too many.
     *
     * @return the one who was forgotten; null where none had to be
     */
    @Nullable UserTokens makeRoom() {
        if (users.size() <= bounds.maxUsers()) {
            return null;
        }
        UserTokens oldest = users.firstEntry().getValue();
        users.remove(oldest.user());
        range.release(oldest.place());
        return oldest;
    }

    private void turn(long nowNanos) {
        long now = unit(nowNanos);
        if (now == unit) {
            return;
        }
        unit = now;
        for (Iterator<UserTokens> all = users.values().iterator(); all.hasNext();) {
            UserTokens of = all.next();
            of.turn(now);
            if (of.idle()) {
                all.remove();
                range.release(of.place());
            } else {
                range.set(of.place(), of.total());
            }
        }
    }

    private long unit(long nowNanos) {
        return Math.floorDiv(nowNanos, window.unitNanos());
    }
}
