package dev.penstock.bench.sim;

/**
 * What a simulated engine says: its own name first, so that whoever reads the answer knows who gave it, then a
 * sentence over and over.
 *
 * @param engine the engine's name
 * @param tokens how many pieces there are
 */
record ReplyText(String engine, int tokens) {
    private static final String[] WORDS = {" the", " gate", " feeds", " water", " to", " the", " turbine", " and",
            " the", " turbine", " feeds", " the", " grid", ","};

    String piece(int index) {
        return index == 0 ? "[" + engine + "]" : WORDS[(index - 1) % WORDS.length];
    }

    String whole() {
        StringBuilder text = new StringBuilder(tokens * 6);
        for (int i = 0; i < tokens; i++) {
            text.append(piece(i));
        }
        return text.toString();
    }
}
