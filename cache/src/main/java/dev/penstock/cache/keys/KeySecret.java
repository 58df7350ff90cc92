package dev.penstock.cache.keys;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends: {@code pk-<id>-<random>}, where the id is public and the rest has 256 random bits. Letters and
 * digits only, so that a double click takes it whole. Holds no state.
 */
final class KeySecret {
    /** Longest secret that is looked at. */
    static final int LONGEST = 8 * 1024;

    private static final String PREFIX = "pk-";
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,32}");
    /** A key that stands in no list has this id. */
    static final String SHARED = "shared";
    private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    /** 50 bits: enough that two keys of one place never have the same. */
    private static final int ID_LENGTH = 10;
    private static final int ID_LETTERS = 36;
    /** 62^43 is just above 2^256. */
    private static final int RANDOM_LENGTH = 43;

    private KeySecret() {}

    /** An id that nobody has. */
    static String newId(RandomGenerator random) {
        return letters(random, ID_LENGTH, ID_LETTERS);
    }

    /** A secret for an id. */
    static String make(String id, RandomGenerator random) {
        return PREFIX + id + '-' + letters(random, RANDOM_LENGTH, LETTERS.length());
    }

    private static String letters(RandomGenerator random, int length, int of) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(LETTERS.charAt(random.nextInt(of)));
        }
        return text.toString();
    }

    /** The id in a secret, or null where it has another form. */
    static @Nullable String id(CharSequence secret) {
        String text = secret.toString();
        int end = text.indexOf('-', PREFIX.length());
        return text.startsWith(PREFIX) && end > PREFIX.length() ? text.substring(PREFIX.length(), end) : null;
    }

    /** Whether a key may have this id. */
    static boolean isId(String text) {
        return ID.matcher(text).matches() && !text.equals(SHARED);
    }
}
