package dev.penstock.cache.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.fabric8.kubernetes.client.dsl.Watchable;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects as the client of fabric8 reads them. Any thread.
 *
 * @param <K> how Kubernetes describes an object
 * @param <T> what it means to the cache
 */
final class Fabric8Source<K extends HasMetadata, T> implements ObjectSource<T> {

    private final Listable<? extends KubernetesResourceList<K>> lists;
    private final Watchable<K> watches;
    private final Function<K, Reading<T>> reader;
    private final String selector;
    private final @Nullable Long watchSeconds;

    /**
     * A source.
     *
     * @param lists what is listed
     * @param watches the same, to be watched
     * @param reader tells what an object means
     * @param selector label selector that the server applies, or empty
     * @param watchSeconds after which the server shall end a watch, so that it outlives no client that is gone; or null
     */
    Fabric8Source(Listable<? extends KubernetesResourceList<K>> lists, Watchable<K> watches,
            Function<K, Reading<T>> reader, String selector, @Nullable Long watchSeconds) {
        this.lists = lists;
        this.watches = watches;
        this.reader = reader;
        this.selector = selector;
        this.watchSeconds = watchSeconds;
    }

    @Override
    public Page<T> list(@Nullable String from, int limit) throws ApiException {
        ListOptions options = options();
        options.setContinue(from);
        options.setLimit(limit == 0 ? null : (long) limit);
        KubernetesResourceList<K> list;
        try {
            list = lists.list(options);
        } catch (KubernetesClientException e) {
            throw failure(e);
        }
        List<Reading<T>> readings = new ArrayList<>(list.getItems().size());
        for (K object : list.getItems()) {
            readings.add(read(object));
        }
        ListMeta meta = Objects.requireNonNullElseGet(list.getMetadata(), ListMeta::new);
        String next = meta.getContinue();
        return new Page<>(readings, Objects.requireNonNullElse(meta.getResourceVersion(), ""),
                next == null || next.isEmpty() ? null : next);
    }

    @Override
    public Connection watch(String version, Sink<T> sink) throws ApiException {
        ListOptions options = options();
        options.setResourceVersion(version);
        options.setAllowWatchBookmarks(true);
        options.setTimeoutSeconds(watchSeconds);
        try {
            Watch watch = watches.watch(options, new Watcher<K>() {
                @Override
                public void eventReceived(Action action, K object) {
                    switch (action) {
                        case ADDED, MODIFIED -> sink.changed(read(object));
                        case DELETED -> sink.gone(key(object), text(meta(object).getUid()));
                        case BOOKMARK -> sink.bookmark();
                        // Ends the watch, and is told there.
                        case ERROR -> {}
                    }
                }

                @Override
                public void onClose(WatcherException cause) {
                    sink.ended(failure(cause));
                }

                @Override
                public void onClose() {
                    sink.ended(new ApiException(0, "closed"));
                }
            });
            return watch::close;
        } catch (KubernetesClientException e) {
            throw failure(e);
        }
    }

    private ListOptions options() {
        ListOptions options = new ListOptions();
        options.setLabelSelector(selector.isEmpty() ? null : selector);
        return options;
    }

    private Reading<T> read(K object) {
        try {
            return reader.apply(object);
        } catch (RuntimeException e) {
            // One object must not hide the others.
            return Reading.refused(key(object), text(meta(object).getUid()), List.of("cannot be read: " + e));
        }
    }

    private static ObjectKey key(HasMetadata object) {
        return new ObjectKey(text(meta(object).getNamespace()), text(meta(object).getName()));
    }

    private static ObjectMeta meta(HasMetadata object) {
        return Objects.requireNonNullElseGet(object.getMetadata(), ObjectMeta::new);
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    // ---- what went wrong

    private static ApiException failure(WatcherException e) {
        KubernetesClientException client = e.asClientException();
        return e.isHttpGone() ? new ApiException(410, e.getMessage()) : failure(client == null ? e : client);
    }

    private static ApiException failure(Exception e) {
        if (e instanceof KubernetesClientException client) {
            if (client.getStatus() != null) {
                return new ApiException(client.getCode(), client.getStatus().getMessage());
            }
            if (client.getCode() > 0) {
                return new ApiException(client.getCode(), client.getMessage());
            }
        }
        String message = null;
        Throwable cause = e;
        for (int depth = 0; cause != null && depth < 16; depth++) {
            if (cause instanceof ConnectException) {
                String reason = cause.getMessage();
                return new ApiException(0, "cannot connect" + (reason == null ? "" : ": " + reason));
            }
            // What the client says of itself tells the operation, and not what is wrong.
            if (cause.getMessage() != null && (message == null || !(cause instanceof KubernetesClientException))) {
                message = cause.getMessage();
            }
            cause = cause.getCause();
        }
        return new ApiException(0, message);
    }
}
