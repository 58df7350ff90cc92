package dev.penstock.server.stat;

import java.io.IOException;
import java.util.List;

/** The figures of a running process. Confined to its user. */
public interface FigureSource extends AutoCloseable {

    /** Id of the process. */
    long pid();

    /** Ids of further processes that could have been meant. */
    List<Long> others();

    /**
     * The figures as they are now.
     *
     * @throws IOException where the process has ended
     */
    FleetSample sample() throws IOException;

    @Override
    void close() throws IOException;
}
