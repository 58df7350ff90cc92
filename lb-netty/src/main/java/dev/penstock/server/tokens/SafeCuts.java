package dev.penstock.server.tokens;

/**
 * Where a text can be cut so that the tokens of the parts are those of the whole, by the splitting rules of all
 * encodings of tiktoken, and of those files of Hugging Face that have such a rule. Holds no state.
 *
 * <p>These rules split a text into words, numbers, runs of punctuation and runs of white space before anything is
 * merged, from left to right, and none looks back. So a place is safe where a piece ends whatever follows. That is so
 * in front of a space behind anything but white space: a space only begins a piece, or stands in a run of white space.
 * It is so in front of a line feed behind a letter or digit; behind punctuation it may belong to the piece before.
 */
final class SafeCuts {

    private SafeCuts() {}

    /**
     * The first safe place at or behind an index; the length of the text where there is none.
     *
     * @param from more than zero
     */
    static int next(String text, int from) {
        for (int at = from; at < text.length(); at++) {
            char here = text.charAt(at);
            if ((here == ' ' && !blank(text.charAt(at - 1)))
                    || (here == '\n' && Character.isLetterOrDigit(text.charAt(at - 1)))) {
                return at;
            }
        }
        return text.length();
    }

    // Whatever anybody takes for white space, and control characters with it.
    private static boolean blank(char c) {
        return c <= ' ' || Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
    }
}
