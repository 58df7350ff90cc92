package dev.penstock.cache.redis;

import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A script that Redis runs in one step. Immutable.
 *
 * @param text the script, in Lua
 * @param output what it answers
 * @param digest name under which Redis remembers it
 */
public record RedisScript(String text, ScriptOutputType output, String digest) {

    /** A script. */
    public RedisScript(String text, ScriptOutputType output) {
        this(text, output, digest(text));
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1")
                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("each JDK has SHA-1", e);
        }
    }
}
