package dev.penstock.server.plugin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Version of the SPI, as a plugin's manifest names it in {@code Penstock-SPI}.
 *
 * @param major plugins of another major do not work
 * @param minor plugins of a higher minor need what this host does not have
 */
record SpiVersion(int major, int minor) {

    /** What this host offers. */
    static final SpiVersion HOST = new SpiVersion(1, 2);

    static final String ATTRIBUTE = "Penstock-SPI";

    private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

    /** Reads a version; null where it is not one. */
    static @Nullable SpiVersion parse(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        return matcher.matches()
                ? new SpiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : null;
    }

    boolean runsOn(SpiVersion host) {
        return major == host.major && minor <= host.minor;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
