package dev.penstock.bench.chat;

import java.util.SplittableRandom;

/** A conversation: each turn sends all that was said before. Confined to its user's thread. */
final class Chat {

    private final SplittableRandom random;
    private final StringBuilder messages = new StringBuilder();
    private final String model;
    private int turnsLeft;

    /**
     * A chat that has not begun.
     *
     * @param random the chat's own
     * @param model the model that is asked
     * @param system the system prompt
     */
    Chat(SplittableRandom random, String model, String system) {
        this.random = random;
        this.model = model;
        this.turnsLeft = random.nextInt(1, ChatPlan.MOST_TURNS + 1);
        say("system", system);
    }

    /** Whether the user asks again. */
    boolean goesOn() {
        return turnsLeft > 0;
    }

    /** The body of the next request. */
    String ask() {
        turnsLeft--;
        say("user", text(random, between(ChatPlan.QUESTION_CHARS)));
        return "{\"model\":\"" + model + "\",\"stream\":true,\"max_tokens\":" + ChatPlan.OUTPUT_TOKENS
                + ",\"messages\":[" + messages + "]}";
    }

    /** An answer has come. What it said is made up, for all strategies alike. */
    void answered() {
        say("assistant", text(random, between(ChatPlan.ANSWER_CHARS)));
    }

    /** Time that the user thinks before he asks again, in nanoseconds. */
    long thinkNanos() {
        return (long) (-Math.log(1 - random.nextDouble()) * ChatPlan.THINK_SECONDS * 1e9);
    }

    private int between(int[] bounds) {
        return random.nextInt(bounds[0], bounds[1] + 1);
    }

    private void say(String role, String content) {
        messages.append(messages.isEmpty() ? "" : ",").append("{\"role\":\"").append(role)
                .append("\",\"content\":\"").append(content).append("\"}");
    }

    /** Made-up words. */
    static String text(SplittableRandom random, int chars) {
        StringBuilder text = new StringBuilder(chars);
        while (text.length() < chars) {
            text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }
}
