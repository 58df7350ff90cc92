package dev.penstock.cache.kubernetes;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.discovery.InvalidFleetException;
import dev.penstock.cache.snapshot.AdapterSpec;
import dev.penstock.cache.snapshot.PodSpec;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.File;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The API server, as settings name it. Any thread. */
final class ApiServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ApiServer.class.getName());
    private static final ResourceDefinitionContext MODEL_ADAPTERS = new ResourceDefinitionContext.Builder()
            .withGroup("model.aibrix.ai").withVersion("v1alpha1").withKind("ModelAdapter").withPlural("modeladapters")
            .withNamespaced(true).build();
    private static final long CONNECT_SECONDS = 10;

    private static final long END_SECONDS = 1;

    private final KubernetesClient client;
    private final ExecutorService calls;

    /**
     * A server that is asked by a client.
     *
     * @param client the client; closed with this
     * @param calls where it works; ended with this, for the client does not
     */
    private ApiServer(KubernetesClient client, ExecutorService calls) {
        this.client = client;
        this.calls = calls;
    }

    /**
     * Reads where the server is and who asks. Contacts nobody.
     *
     * @throws InvalidFleetException where the kubeconfig file cannot be read
     */
    static Config config(KubernetesSettings settings) {
        String context = settings.context().isEmpty() ? null : settings.context();
        return patient(settings.kubeconfig().isEmpty() ? Config.autoConfigure(context)
                : fromFile(new File(settings.kubeconfig()), context), settings);
    }

    /** Sets how long the server may take. */
    static Config patient(Config config, KubernetesSettings settings) {
        config.setUserAgent("penstock");
        config.setRequestTimeout(millis(settings.timeoutNanos()));
        config.setConnectionTimeout((int) Math.min(millis(settings.timeoutNanos()),
                TimeUnit.SECONDS.toMillis(CONNECT_SECONDS)));
        // Who asks knows best when to ask again.
        config.setRequestRetryBackoffLimit(0);
        config.setWatchReconnectLimit(0);
        return config;
    }

    private static Config fromFile(File file, @Nullable String context) {
        if (!file.canRead()) {
            throw invalid(file, "cannot be read");
        }
        Config config;
        try {
            config = Config.fromKubeconfig(context, file);
        } catch (RuntimeException e) {
            throw invalid(file, "not a kubeconfig: " + e.getMessage());
        }
        boolean found = config.getCurrentContext() != null
                && (context == null || context.equals(config.getCurrentContext().getName()));
        if (!found) {
            throw invalid(file, context == null ? "no current context" : "no context " + context);
        }
        return config;
    }

    private static InvalidFleetException invalid(File file, String reason) {
        return new InvalidFleetException(List.of(new FileError(
                KubernetesSettings.KUBECONFIG.name() + ": " + file, 0, 0, reason)));
    }

    private static int millis(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /** A client for it. Connects when it is asked for something. */
    static ApiServer of(Config config) {
        LOG.log(System.Logger.Level.INFO, "Kubernetes: {0}", config.getMasterUrl());
        AtomicInteger number = new AtomicInteger();
        ExecutorService calls = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "lb-kubernetes-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        return new ApiServer(new KubernetesClientBuilder().withConfig(config).withTaskExecutor(calls).build(), calls);
    }

    /**
     * The pods of a namespace.
     *
     * @param namespace null for all
     */
    ObjectSource<PodSpec> pods(@Nullable String namespace, KubernetesSettings settings,
            Function<Pod, Reading<PodSpec>> reader) {
        if (namespace == null) {
            var any = client.pods().inAnyNamespace();
            return new Fabric8Source<>(any, any, reader, settings.podSelector(), watchSeconds(settings));
        }
        var one = client.pods().inNamespace(namespace);
        return new Fabric8Source<>(one, one, reader, settings.podSelector(), watchSeconds(settings));
    }

    /**
     * The adapters of a namespace.
     *
     * @param namespace null for all
     */
    ObjectSource<AdapterSpec> adapters(@Nullable String namespace, KubernetesSettings settings) {
        var all = client.genericKubernetesResources(MODEL_ADAPTERS);
        if (namespace == null) {
            var any = all.inAnyNamespace();
            return new Fabric8Source<>(any, any, AdapterReader::read, "", watchSeconds(settings));
        }
        var one = all.inNamespace(namespace);
        return new Fabric8Source<>(one, one, AdapterReader::read, "", watchSeconds(settings));
    }

    /** Long enough that the next list comes first. */
    private static @Nullable Long watchSeconds(KubernetesSettings settings) {
        return settings.relistNanos() == 0 ? null : TimeUnit.NANOSECONDS.toSeconds(settings.relistNanos()) * 2;
    }

    @Override
    public void close() {
        client.close();
        calls.shutdownNow();
        try {
            // Whoever closes wants the threads gone; one that does not heed an interrupt is a daemon.
            if (!calls.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "a call of Kubernetes does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
