package dev.penstock.server.stat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The terminal behind standard output, if there is one. Confined to its caller.
 *
 * <p>The JDK does not tell its size, and a program such as {@code stty} is missing in small images, so the kernel is
 * asked.
 */
public final class Terminal {

    /**
     * Characters that fit.
     *
     * @param columns of a line
     * @param rows lines
     */
    public record Size(int columns, int rows) {}

    private static final Logger LOG = System.getLogger(Terminal.class.getName());
    private static final int STANDARD_OUTPUT = 1;
    /** TIOCGWINSZ of Linux. */
    private static final long WINDOW_SIZE = 0x5413;
    private static final Size USUAL = new Size(80, 24);

    private final @Nullable MethodHandle ioctl;

    /** Looks for the way to ask. */
    public Terminal() {
        ioctl = find();
    }

    @SuppressWarnings("restricted") // the launcher enables native access
    private static @Nullable MethodHandle find() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find("ioctl").map(address -> linker.downcallHandle(address,
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS), Linker.Option.firstVariadicArg(2))).orElse(null);
    }

    /** The size as it is now; null where standard output is no terminal. */
    public @Nullable Size size() {
        if (ioctl == null) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            // struct winsize: rows, columns, and two more.
            MemorySegment size = arena.allocate(4 * Short.BYTES, Short.BYTES);
            if ((int) ioctl.invokeExact(STANDARD_OUTPUT, WINDOW_SIZE, size) != 0) {
                return null;
            }
            int rows = size.get(ValueLayout.JAVA_SHORT, 0) & 0xffff;
            int columns = size.get(ValueLayout.JAVA_SHORT, Short.BYTES) & 0xffff;
            return rows == 0 || columns == 0 ? USUAL : new Size(columns, rows);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            LOG.log(Level.DEBUG, "the terminal does not tell its size", e);
            return null;
        }
    }
}
