package dev.penstock.server.config;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.address.ForwardingRules;
import java.util.List;

/** The settings of the side towards clients: what is too much, and who is believed. They hold from start to stop. */
public final class EdgeSettings {
    /** The value of {@link #CONNECTIONS} that leaves the number to the limit of file descriptors. */
    public static final int AUTO = -1;

    private static final int MOST_CONNECTIONS = 10_000_000;

    /** Request line. */
    public static final Setting<Long> REQUEST_LINE = bounded("limits.request-line", "8KiB", 256, 1 << 20,
            "Longest first line of a request: method, path and query; then 414.");
    /** Header limit. */
    public static final Setting<Long> HEADER_BYTES = bounded("limits.headers", "64KiB", 1024, 16 << 20,
            "Largest head of a request; then 431.");
    /** Number of headers. */
    public static final Setting<Integer> HEADER_COUNT = Setting.integer("limits.header-count", 256, 8, 8192, false,
            "Most headers of a request; then 431.");
    /** Connections. */
    public static final Setting<Integer> CONNECTIONS = new Setting<>("limits.connections", "auto",
            EdgeSettings::connections, false,
            "Most connections of clients; then 503. auto: by the limit of file descriptors; 0: any number.");
    /** Connections of one address. */
    public static final Setting<Integer> CONNECTIONS_PER_ADDRESS = Setting.integer("limits.connections-per-address", 0,
            0, MOST_CONNECTIONS, false, "Most connections from one address; then 503. 0: any number.");
    /** PROXY protocol. */
    public static final Setting<ForwardingRules.ProxyProtocol> PROXY_PROTOCOL = Setting.choice("proxy-protocol.mode",
            ForwardingRules.ProxyProtocol.OFF, false,
            "Whether each connection begins with a PROXY header, version 1 or 2: off or required.");
    /** Who may send PROXY headers. */
    public static final Setting<AddressRanges> PROXY_TRUST = ranges("proxy-protocol.trust",
            "Addresses whose PROXY headers count; others are closed.");
    /** What pods are told. */
    public static final Setting<ForwardingRules.Mode> FORWARDED_MODE = Setting.choice("forwarded.mode",
            ForwardingRules.Mode.APPEND, false,
            "What pods are told of the client: append (to what trusted peers tell), replace (it), off.");
    /** The header that counts. */
    public static final Setting<ForwardingRules.Header> FORWARDED_HEADER = Setting.choice("forwarded.header",
            ForwardingRules.Header.X_FORWARDED_FOR, false,
            "The header that proxies in front maintain, and pods get: x-forwarded-for or forwarded.");
    /** Whose headers count. */
    public static final Setting<AddressRanges> FORWARDED_TRUST = ranges("forwarded.trust",
            "Addresses of proxies in front whose word about the client counts.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(REQUEST_LINE, HEADER_BYTES, HEADER_COUNT, CONNECTIONS,
            CONNECTIONS_PER_ADDRESS, PROXY_PROTOCOL, PROXY_TRUST, FORWARDED_MODE, FORWARDED_HEADER, FORWARDED_TRUST);

    private EdgeSettings() {}

    private static Setting<Long> bounded(String name, String defaultText, long least, long most, String description) {
        Setting<Long> size = Setting.size(name, defaultText, false, description);
        return new Setting<>(name, defaultText, text -> {
            long bytes = size.read().apply(text);
            if (bytes < least || bytes > most) {
                throw new IllegalArgumentException("expected: " + least + " to " + most + " bytes");
            }
            return bytes;
        }, false, description);
    }

    private static Setting<AddressRanges> ranges(String name, String description) {
        return new Setting<>(name, "", AddressRanges::parse, false, description);
    }

    private static int connections(String text) {
        if (text.trim().equals("auto")) {
            return AUTO;
        }
        try {
            int count = Integer.parseInt(text.trim());
            if (count >= 0 && count <= MOST_CONNECTIONS) {
                return count;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("expected: auto, or a whole number from 0 to " + MOST_CONNECTIONS);
    }

    /**
     * Whom the balancer believes.
     *
     * @throws InvalidSettingsException where PROXY headers are required and nobody is trusted to send them
     */
    public static ForwardingRules forwarding(Settings settings) {
        ForwardingRules rules = new ForwardingRules(settings.get(PROXY_PROTOCOL), settings.get(PROXY_TRUST),
                settings.get(FORWARDED_MODE), settings.get(FORWARDED_HEADER), settings.get(FORWARDED_TRUST));
        if (rules.proxyProtocol() == ForwardingRules.ProxyProtocol.REQUIRED && rules.proxyTrust().isEmpty()) {
            throw new InvalidSettingsException(List.of(PROXY_TRUST.name() + ": empty (expected: the addresses of the"
                    + " proxies in front, for " + PROXY_PROTOCOL.name() + " is required)"));
        }
        return rules;
    }
}
