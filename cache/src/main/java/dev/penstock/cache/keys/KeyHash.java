package dev.penstock.cache.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a secret. Immutable; any thread. Without {@code equals}: whoever compares does so in constant time.
 *
 * <p>A quick hash is the right one here. A slow one protects passwords, which people choose and others can guess; the
 * secrets that are made here have 256 random bits, so that guessing is hopeless however quick a guess is, while each
 * request has to be hashed on an event loop.
 */
final class KeyHash {
    /** How a hash is written: the algorithm, so that another one can come. */
    private static final Pattern FORM = Pattern.compile("sha256:([0-9a-f]{64})");

    private final byte[] bytes;

    private KeyHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The hash of a secret. */
    static KeyHash of(CharSequence secret) {
        try {
            return new KeyHash(MessageDigest.getInstance("SHA-256")
                    .digest(secret.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java machine has it", e);
        }
    }

    /**
     * Reads a hash.
     *
     * @throws IllegalArgumentException where it is none
     */
    static KeyHash parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            // Without the text: somebody may have put the secret there.
            throw new IllegalArgumentException("hash: expected: sha256: and 64 hexadecimal digits in lower case");
        }
        return new KeyHash(HexFormat.of().parseHex(matcher.group(1)));
    }

    /** As it is written. */
    String text() {
        return "sha256:" + HexFormat.of().formatHex(bytes);
    }

    /** Whether both are of the same secret; takes as long wherever they differ. */
    boolean matches(KeyHash other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    /** Without the hash. */
    @Override
    public String toString() {
        return "KeyHash";
    }
}
