package dev.penstock.server.plugin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The threads that a plugin has started: those that show its own classes, as every thread does that is started while a
 * plugin is called. None of them is waited for; a router is to end them when it is closed.
 */
public final class PluginThreads {

    /** How the host's own threads begin, which show a plugin's classes while they call it. */
    private static final String HOST = "lb-";

    private PluginThreads() {}

    /** Names of the threads of a plugin that run now; of virtual ones nothing is known. Any thread may ask. */
    public static List<String> of(Plugin plugin) {
        List<String> names = new ArrayList<>();
        if (plugin.loader() instanceof ClassLoader own) {
            for (Thread thread : all()) {
                if (thread.getContextClassLoader() == own && !thread.getName().startsWith(HOST)) {
                    names.add(thread.getName());
                }
            }
        }
        names.sort(null);
        return names;
    }

    private static List<Thread> all() {
        ThreadGroup top = Objects.requireNonNull(Thread.currentThread().getThreadGroup(), "of a thread that runs");
        for (ThreadGroup parent = top; parent != null; parent = parent.getParent()) {
            top = parent;
        }
        // Some may come meanwhile: what does not fit is left out, so there is room for as many again.
        Thread[] room = new Thread[2 * top.activeCount() + 16];
        int count = top.enumerate(room, true);
        return Arrays.asList(room).subList(0, count);
    }
}
