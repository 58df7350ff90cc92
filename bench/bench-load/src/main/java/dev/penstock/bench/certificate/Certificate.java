package dev.penstock.bench.certificate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A self-signed certificate of {@code localhost} and 127.0.0.1 with its key, ECDSA on P-256, in PEM as servers read it.
 *
 * @param certificate the file of the certificate
 * @param key the file of its key, PKCS#8
 */
public record Certificate(Path certificate, Path key) {
    private static final String PASSWORD = "loopback";
    private static final String ALIAS = "server";
    private static final long LONG_ENOUGH_SECONDS = 30;

    /**
     * Makes one with the JDK's keytool, as {@code NAME.crt} and {@code NAME.key} in {@code folder}.
     *
     * @throws IllegalStateException if keytool cannot be run
     */
    public static Certificate make(Path folder, String name) {
        Path store = folder.resolve(name + ".p12");
        try {
            keytool(store);
            Certificate made = new Certificate(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            Key key = keys.getKey(ALIAS, PASSWORD.toCharArray());
            Files.writeString(made.certificate(), pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
            Files.writeString(made.key(), pem("PRIVATE KEY", key.getEncoded()));
            Files.delete(store);
            return made;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate: " + e.getMessage(), e);
        }
    }

    /** Both in one text, certificate first. */
    public String both() throws IOException {
        return Files.readString(certificate) + Files.readString(key);
    }

    private static void keytool(Path store) throws IOException {
        Process process = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-groupname", "secp256r1",
                "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "30",
                "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("keytool: " + said.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + what + "-----\n";
    }
}
