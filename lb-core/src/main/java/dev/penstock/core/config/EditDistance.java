package dev.penstock.core.config;

import java.util.Collection;

/** How many letters have to be typed differently to get from one word to another (Levenshtein). */
public final class EditDistance {

    // Beyond that it is another word.
    private static final int CLOSE = 4;

    private EditDistance() {}

    /**
     * What may have been meant, as the end of a message.
     *
     * @param word what was written
     * @param known what there is
     * @return {@code " (did you mean …?)"}, or nothing where nothing is close
     */
    public static String suggestion(String word, Collection<String> known) {
        String best = null;
        int least = CLOSE;
        for (String candidate : known) {
            int distance = between(word, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best == null ? "" : " (did you mean " + best + "?)";
    }

    static int between(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
