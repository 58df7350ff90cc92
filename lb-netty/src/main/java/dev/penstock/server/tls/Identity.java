package dev.penstock.server.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with those that issued it, and its private key. Immutable.
 *
 * @param key the key
 * @param chain its certificate first
 */
record Identity(PrivateKey key, List<X509Certificate> chain) {
    private static final byte[] SAMPLE = {1, 2, 3, 4};

    /**
     * Reads and verifies both files.
     *
     * @param now the time
     * @param errors takes what is wrong
     * @return null where something is wrong
     */
    static @Nullable Identity read(NamedFile certificate, NamedFile key, FileContents contents, Instant now,
            List<String> errors) {
        int before = errors.size();
        List<X509Certificate> chain = PemFile.certificates(certificate, contents, errors);
        PrivateKey secret = PemFile.privateKey(key, contents, errors);
        for (X509Certificate each : chain) {
            validity(certificate, each, now, errors);
        }
        if (secret != null && !chain.isEmpty() && !belongs(secret, chain.getFirst().getPublicKey())) {
            errors.add(key.error("is not the key of the certificate in " + certificate.path()
                    + (chain.size() == 1 ? "" : " (the certificate of the key comes first there)")));
        }
        return secret == null || errors.size() > before ? null : new Identity(secret, chain);
    }

    private static void validity(NamedFile file, X509Certificate certificate, Instant now, List<String> errors) {
        Instant end = certificate.getNotAfter().toInstant();
        Instant begin = certificate.getNotBefore().toInstant();
        String name = certificate.getSubjectX500Principal().getName();
        if (now.isAfter(end)) {
            errors.add(file.error("the certificate of " + name + " has expired on " + end));
        } else if (now.isBefore(begin)) {
            errors.add(file.error("the certificate of " + name + " is not valid before " + begin));
        }
    }

    private static boolean belongs(PrivateKey key, PublicKey of) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(of);
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            // Not even the algorithm is the same.
            return false;
        }
    }

    /** When the first certificate of the chain ends that does. */
    Instant expiry() {
        Instant earliest = Instant.MAX;
        for (X509Certificate certificate : chain) {
            Instant end = certificate.getNotAfter().toInstant();
            earliest = end.isBefore(earliest) ? end : earliest;
        }
        return earliest;
    }
}
