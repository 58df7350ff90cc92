package dev.penstock.cache.limits;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of those who were there of late, by name: at most twice so many. Who is asked for at least once while
 * that many others come stays, so that a flood of made-up names costs no memory, and nobody real his place. Any thread.
 *
 * @param <V> what is known
 */
final class Recent<V> {

    private record Generations<V>(long number, ConcurrentMap<String, V> young, ConcurrentMap<String, V> old) {}

    private final int most;
    private final AtomicReference<Generations<V>> kept =
            new AtomicReference<>(new Generations<>(0, new ConcurrentHashMap<>(), new ConcurrentHashMap<>()));

    Recent(int most) {
        this.most = most;
    }

    /** What is known of somebody, or null. */
    @Nullable V find(String name) {
        Generations<V> now = generations();
        V young = now.young().get(name);
        if (young != null) {
            return young;
        }
        V old = now.old().get(name);
        return old == null ? null : add(name, any -> old);
    }

    /** What is known of somebody, made where there is nothing. */
    V get(String name, Function<String, V> make) {
        V found = find(name);
        return found != null ? found : add(name, make);
    }

    private V add(String name, Function<String, V> make) {
        while (true) {
            Generations<V> now = generations();
            if (now.young().size() >= most) {
                kept.compareAndSet(now, new Generations<>(now.number() + 1, new ConcurrentHashMap<>(),
                        now.young()));
                continue;
            }
            V old = now.old().get(name);
            V added = now.young().computeIfAbsent(name, old == null ? make : any -> old);
            // Somebody who has seen the next generation may have found nothing, and made another one.
            if (generations().number() == now.number()) {
                return added;
            }
        }
    }

    private Generations<V> generations() {
        return Objects.requireNonNull(kept.get());
    }

    int size() {
        Generations<V> now = generations();
        return now.young().size() + now.old().size();
    }
}
