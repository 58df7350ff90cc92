package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the traffic port knows of TLS. Files are named here, and read again when what is in them changes.
 *
 * @param certificate file of the certificate and those that issued it; empty where the port speaks cleartext
 * @param key file of its private key
 * @param clientCa file of the certificates that may have issued those of clients; empty where none are asked for
 * @param clientAuth what is asked of clients
 * @param minVersion the oldest version that is spoken
 */
public record TlsSettings(String certificate, String key, String clientCa, ClientAuthentication clientAuth,
        String minVersion) {

    /** What is asked of clients. */
    public enum ClientAuthentication {
        /** Nothing. */
        OFF,
        /** A certificate, if they have one. */
        OPTIONAL,
        /** A certificate. */
        REQUIRED
    }

    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

    /** Certificate. */
    public static final Setting<String> CERTIFICATE = Setting.text("tls.certificate", "", false,
            "PEM file: certificate of the traffic port, then those that issued it; empty: cleartext.");
    /** Key. */
    public static final Setting<String> KEY = Setting.text("tls.key", "", false,
            "PEM file: private key of the certificate, PKCS#8, not encrypted.");
    /** Clients' CA. */
    public static final Setting<String> CLIENT_CA = Setting.text("tls.client-ca", "", false,
            "PEM file: who may have issued the certificates of clients.");
    /** Client authentication. */
    public static final Setting<ClientAuthentication> CLIENT_AUTH = Setting.choice("tls.client-auth",
            ClientAuthentication.OFF, false, "Whether clients show a certificate: off, optional or required.");
    /** Oldest version. */
    public static final Setting<String> MIN_VERSION = new Setting<>("tls.min-version", "TLSv1.2",
            TlsSettings::version, false, "Oldest version that is spoken: TLSv1.2 or TLSv1.3.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(CERTIFICATE, KEY, CLIENT_CA, CLIENT_AUTH, MIN_VERSION);

    /** The settings of the traffic port. */
    public static TlsSettings from(Settings settings) {
        return new TlsSettings(settings.get(CERTIFICATE), settings.get(KEY), settings.get(CLIENT_CA),
                settings.get(CLIENT_AUTH), settings.get(MIN_VERSION));
    }

    /** Whether the traffic port speaks TLS. */
    public boolean on() {
        return !certificate.isEmpty();
    }

    /** The versions that are spoken. */
    public List<String> versions() {
        return VERSIONS.subList(VERSIONS.indexOf(minVersion), VERSIONS.size());
    }

    /** What does not go together: one sentence for each. */
    public List<String> contradictions() {
        List<String> errors = new ArrayList<>();
        if (certificate.isEmpty() != key.isEmpty()) {
            errors.add(certificate.isEmpty() ? "tls.key: without tls.certificate (expected: both or none)"
                    : "tls.certificate: without tls.key (expected: both or none)");
        }
        if (clientAuth != ClientAuthentication.OFF && clientCa.isEmpty()) {
            errors.add("tls.client-auth: " + clientAuth.name().toLowerCase(Locale.ROOT)
                    + " without tls.client-ca (expected: who may have issued the certificates of clients)");
        }
        if (clientAuth == ClientAuthentication.OFF && !clientCa.isEmpty()) {
            errors.add("tls.client-ca: without tls.client-auth (expected: optional or required)");
        }
        if (clientAuth != ClientAuthentication.OFF && !on()) {
            errors.add("tls.client-auth: without tls.certificate (expected: certificate and key of the traffic port)");
        }
        return errors;
    }

    private static String version(String text) {
        String version = text.trim();
        if (!VERSIONS.contains(version)) {
            throw new IllegalArgumentException("expected: one of " + String.join(", ", VERSIONS));
        }
        return version;
    }
}
