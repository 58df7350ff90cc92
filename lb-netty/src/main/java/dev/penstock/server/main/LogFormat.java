package dev.penstock.server.main;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line for each record of the log, on standard error. */
final class LogFormat extends Formatter {

    /** A client could have it write a line for each of its frames. A logger that nobody holds forgets its level. */
    private static final Logger HTTP2_CODEC = Logger.getLogger("io.netty.handler.codec.http2");

    /** The one that reads Redis says what is worth saying, once; its client library says each attempt. */
    private static final Logger REDIS_CLIENT = Logger.getLogger("io.lettuce");

    private LogFormat() {}

    /** Takes the place of the JDK's own format of two lines. */
    static void install() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new LogFormat());
        console.setLevel(Level.ALL);
        root.addHandler(console);
        root.setLevel(Level.INFO);
        HTTP2_CODEC.setLevel(Level.WARNING);
        REDIS_CLIENT.setLevel(Level.OFF);
    }

    @Override
    public String format(LogRecord record) {
        StringBuilder line = new StringBuilder(160)
                .append(Instant.ofEpochMilli(record.getMillis()).truncatedTo(ChronoUnit.MILLIS))
                .append(' ').append(record.getLevel().getName().toLowerCase(Locale.ROOT))
                .append(' ').append(shortName(record.getLoggerName()))
                .append(": ").append(formatMessage(record)).append('\n');
        Throwable thrown = record.getThrown();
        if (thrown != null) {
            StringWriter stack = new StringWriter();
            thrown.printStackTrace(new PrintWriter(stack, true));
            line.append(stack);
        }
        return line.toString();
    }

    private static String shortName(String logger) {
        return logger == null ? "-" : logger.substring(logger.lastIndexOf('.') + 1);
    }
}
