package dev.penstock.server.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys from PEM (RFC 7468). Pure; never tells what is in a key. */
final class PemFile {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----",
            Pattern.DOTALL);
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
    private static final String CONVERT = "; convert it: openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW";

    private PemFile() {}

    /**
     * The certificates of a file, in their order.
     *
     * @param errors takes what is wrong
     * @return empty where something is wrong
     */
    static List<X509Certificate> certificates(NamedFile file, FileContents contents, List<String> errors) {
        String text = text(file, contents, errors);
        if (text == null) {
            return List.of();
        }
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (!blocks.group(1).equals(CERTIFICATE)) {
                continue;
            }
            try {
                certificates.add(certificate(blocks.group(2)));
            } catch (CertificateException | IllegalArgumentException e) {
                errors.add(file.error("certificate " + (certificates.size() + 1) + " of it cannot be read"));
                return List.of();
            }
        }
        if (certificates.isEmpty()) {
            errors.add(file.error("no certificate in it (expected: PEM, -----BEGIN CERTIFICATE-----)"));
        }
        return certificates;
    }

    private static X509Certificate certificate(String base64) throws CertificateException {
        Certificate read = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Base64.getMimeDecoder().decode(base64.strip())));
        return (X509Certificate) read;
    }

    /**
     * The private key of a file.
     *
     * @param errors takes what is wrong
     * @return null where something is wrong
     */
    static @Nullable PrivateKey privateKey(NamedFile file, FileContents contents, List<String> errors) {
        String text = text(file, contents, errors);
        if (text == null) {
            return null;
        }
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            String label = blocks.group(1);
            if (label.equals(PRIVATE_KEY)) {
                PrivateKey key = pkcs8(blocks.group(2));
                if (key == null) {
                    errors.add(file.error("the key cannot be read (expected: RSA, EC or EdDSA in PKCS#8)"));
                }
                return key;
            }
            if (label.equals("ENCRYPTED PRIVATE KEY") || blocks.group(2).contains("Proc-Type: 4,ENCRYPTED")) {
                errors.add(file.error("the key is encrypted (expected: not encrypted, for nobody is there to ask for "
                        + "its password)" + CONVERT));
                return null;
            }
            if (label.endsWith(PRIVATE_KEY)) {
                errors.add(file.error("-----BEGIN " + label + "----- (expected: PKCS#8, -----BEGIN PRIVATE KEY-----)"
                        + CONVERT));
                return null;
            }
        }
        errors.add(file.error("no key in it (expected: PEM, -----BEGIN PRIVATE KEY-----)"));
        return null;
    }

    private static @Nullable PrivateKey pkcs8(String base64) {
        PKCS8EncodedKeySpec encoded;
        try {
            encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64.strip()));
        } catch (IllegalArgumentException e) {
            return null;
        }
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (GeneralSecurityException e) {
                // The encoding names its algorithm, and each factory refuses those of the others.
            }
        }
        return null;
    }

    private static @Nullable String text(NamedFile file, FileContents contents, List<String> errors) {
        byte[] bytes = contents.bytes(file, errors);
        return bytes == null ? null : new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
