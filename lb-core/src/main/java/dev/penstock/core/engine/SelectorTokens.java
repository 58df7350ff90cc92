package dev.penstock.core.engine;

import java.util.regex.Pattern;

/** The words and signs of a label selector, from left to right. A cursor for one thread. */
final class SelectorTokens {

    // Possessive: clients send these, and a pattern that goes back could be made to take for ever.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}+");
    private static final Pattern PREFIX = Pattern.compile("[a-z0-9.-]{1,253}+");

    private final String text;
    private int at;

    SelectorTokens(String text) {
        this.text = text;
    }

    /** Whether nothing but space follows. */
    boolean atEnd() {
        skipSpace();
        return at == text.length();
    }

    /** Takes a sign, with the space before it, if it comes next. */
    boolean take(char sign) {
        skipSpace();
        return takeNow(sign);
    }

    /** Takes a sign if it comes next, with no space before it. */
    boolean takeNow(char sign) {
        if (at < text.length() && text.charAt(at) == sign) {
            at++;
            return true;
        }
        return false;
    }

    /** The next word; empty where a sign or the end comes next. */
    String word() {
        skipSpace();
        int from = at;
        while (at < text.length() && !isSpace(text.charAt(at)) && !isSign(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at);
    }

    private void skipSpace() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static boolean isSign(char c) {
        return c == '=' || c == '!' || c == '(' || c == ')' || c == ',' || c == '<' || c == '>';
    }

    /** Whether a word can be the key of a label: a name, perhaps with the name of a domain before it. */
    static boolean isKey(String word) {
        int slash = word.indexOf('/');
        if (slash < 0) {
            return isName(word);
        }
        String prefix = word.substring(0, slash);
        return PREFIX.matcher(prefix).matches() && bounded(prefix) && isName(word.substring(slash + 1));
    }

    /** Whether a word can be the value of a label; the empty one can. */
    static boolean isValue(String word) {
        return word.isEmpty() || isName(word);
    }

    private static boolean isName(String word) {
        return NAME.matcher(word).matches() && bounded(word);
    }

    private static boolean bounded(String word) {
        return isLetterOrDigit(word.charAt(0)) && isLetterOrDigit(word.charAt(word.length() - 1));
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
