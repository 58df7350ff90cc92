package dev.penstock.spi;

/**
 * Tokens of a request, as the engine counted them.
 *
 * @param promptTokens tokens of the prompt; -1 where unknown
 * @param completionTokens tokens generated; -1 where unknown
 */
public record Usage(long promptTokens, long completionTokens) {

    /** The engine sent no usage. */
    public static final Usage UNKNOWN = new Usage(-1, -1);

    /** Whether both numbers are known. */
    public boolean known() {
        return promptTokens >= 0 && completionTokens >= 0;
    }
}
