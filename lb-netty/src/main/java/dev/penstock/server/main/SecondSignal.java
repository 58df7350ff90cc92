package dev.penstock.server.main;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What happens when the process, shutting down already, is told to stop once more: it ends. Any thread.
 *
 * <p>The JDK has no public API for signals. The class that it offers for want of one is named in strings, so that a
 * Java machine without it still serves.
 */
final class SecondSignal {
    private static final Logger LOG = System.getLogger(SecondSignal.class.getName());
    private static final int SIGNAL_STATUS = 128;

    private SecondSignal() {}

    /**
     * From now on SIGINT and SIGTERM end the process as if it had no shutdown to do.
     *
     * @param halt ends it with a status
     */
    static void endsAtOnce(IntConsumer halt) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ends = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler},
                    (proxy, method, arguments) -> {
                        int number = (int) signal.getMethod("getNumber").invoke(arguments[0]);
                        halt.accept(SIGNAL_STATUS + number);
                        return null;
                    });
            for (String name : List.of("INT", "TERM")) {
                signal.getMethod("handle", signal, handler).invoke(null,
                        signal.getConstructor(String.class).newInstance(name), ends);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "a second signal will be waited for, too", e);
        }
    }
}
