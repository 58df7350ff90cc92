package dev.penstock.routers.fairness;

import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The users of one model and their tokens; bounded. Confined to one thread. */
final class ModelUsers {

    private final VtcSettings.Window window;
    private final VtcSettings.Bounds bounds;
    // Whoever has asked for something least recently comes first.
    private final LinkedHashMap<String, UserTokens> users = new LinkedHashMap<>(16, 0.75f, true);
    // Those who have tokens. A user leaves it before his tokens change, and comes back afterwards.
    private final TreeSet<UserTokens> byTokens = new TreeSet<>(
            Comparator.comparingDouble(UserTokens::total).thenComparingLong(UserTokens::number));
    private long unit;
    private long number;

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
        double least = byTokens.isEmpty() ? bounds.minTokens() : byTokens.first().total();
        double most = byTokens.isEmpty() ? bounds.maxTokens() : byTokens.last().total();
        return Math.max(bounds.minTokens(), (least + most) / 2);
    }

    /**
     * A request of a user was sent.
     *
     * @return to be settled when it ends
     */
    UserTokens reserve(String user, double tokens, long nowNanos) {
        turn(nowNanos);
        UserTokens of = users.computeIfAbsent(user, name ->
                new UserTokens(name, number++, window.units(), unit));
        byTokens.remove(of);
        of.reserve(tokens);
        rank(of);
        return of;
    }

    /** A request has ended. Of one whose user was forgotten meanwhile nothing is remembered. */
    void settle(UserTokens of, double reserved, double used, long nowNanos) {
        turn(nowNanos);
        if (users.get(of.user()) == of) {
            byTokens.remove(of);
            of.settle(reserved, used);
            rank(of);
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
        byTokens.remove(oldest);
        return oldest;
    }

    private void rank(UserTokens of) {
        if (of.total() > 0) {
            byTokens.add(of);
        }
    }

    private void turn(long nowNanos) {
        long now = unit(nowNanos);
        if (now == unit) {
            return;
        }
        unit = now;
        byTokens.clear();
        for (Iterator<UserTokens> all = users.values().iterator(); all.hasNext();) {
            UserTokens of = all.next();
            of.turn(now);
            if (of.idle()) {
                all.remove();
            } else {
                rank(of);
            }
        }
    }

    private long unit(long nowNanos) {
        return Math.floorDiv(nowNanos, window.unitNanos());
    }
}
