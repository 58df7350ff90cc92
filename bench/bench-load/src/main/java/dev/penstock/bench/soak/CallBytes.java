package dev.penstock.bench.soak;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** The bytes of one request. One thread. */
final class CallBytes {
    private final Api api;
    private final String model;
    private final StringBuilder headers = new StringBuilder();
    private int prompt = 16;
    private int tokens = 8;
    private boolean stream;
    private boolean usage;
    private boolean http10;

    /** The calls of inference, and how many events their streams have beside one for each token. */
    enum Api {
        /** Chat. */
        CHAT("/v1/chat/completions", Call.Form.OPENAI, 3),
        /** Completions. */
        COMPLETIONS("/v1/completions", Call.Form.OPENAI, 2),
        /** Embeddings, never streamed. */
        EMBEDDINGS("/v1/embeddings", Call.Form.JSON, 0),
        /** Anthropic's messages. */
        MESSAGES("/v1/messages", Call.Form.MESSAGES, 6),
        /** Responses. */
        RESPONSES("/v1/responses", Call.Form.RESPONSES, 8);

        private final String path;
        private final Call.Form form;
        private final int otherEvents;

        Api(String path, Call.Form form, int otherEvents) {
            this.path = path;
            this.form = form;
            this.otherEvents = otherEvents;
        }

        String path() {
            return path;
        }

        Call.Form form() {
            return form;
        }

        int otherEvents() {
            return otherEvents;
        }

        boolean openAi() {
            return form == Call.Form.OPENAI;
        }
    }

    CallBytes(Api api, String model) {
        this.api = api;
        this.model = model;
    }

    static byte[] get(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: penstock\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    CallBytes prompt(int characters) {
        prompt = characters;
        return this;
    }

    CallBytes tokens(int count) {
        tokens = count;
        return this;
    }

    CallBytes stream(boolean streamed, boolean withUsage) {
        stream = streamed;
        usage = withUsage;
        return this;
    }

    CallBytes http10(boolean old) {
        http10 = old;
        return this;
    }

    CallBytes close(boolean closes) {
        return closes ? header("Connection", "close") : this;
    }

    CallBytes header(String name, String value) {
        headers.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    /** The whole request. */
    byte[] toBytes(boolean chunked, SplittableRandom random) {
        byte[] body = body(random).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 512);
        out.writeBytes(("POST " + api.path() + (http10 ? " HTTP/1.0" : " HTTP/1.1")
                + "\r\nHost: penstock\r\nContent-Type: application/json\r\n" + headers
                + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: " + body.length + "\r\n\r\n"))
                .getBytes(StandardCharsets.US_ASCII));
        if (!chunked) {
            out.writeBytes(body);
            return out.toByteArray();
        }
        int most = Math.max(1, body.length / 3);
        for (int at = 0; at < body.length;) {
            int length = Math.min(body.length - at, 1 + random.nextInt(most));
            out.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, at, length);
            out.writeBytes(new byte[] {'\r', '\n'});
            at += length;
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private String body(SplittableRandom random) {
        String text = "\"" + text(random) + "\"";
        String chat = "\"messages\":[{\"role\":\"user\",\"content\":" + text + "}]";
        String input = switch (api) {
            case CHAT, MESSAGES -> chat;
            case COMPLETIONS -> "\"prompt\":" + text;
            case EMBEDDINGS, RESPONSES -> "\"input\":" + text;
        };
        String limit = switch (api) {
            case EMBEDDINGS -> "";
            case RESPONSES -> ",\"max_output_tokens\":" + tokens + ",\"ignore_eos\":true";
            case CHAT, COMPLETIONS, MESSAGES -> ",\"max_tokens\":" + tokens + ",\"ignore_eos\":true";
        };
        return "{\"model\":\"" + model + "\"," + input + limit + (stream ? ",\"stream\":true" : "")
                + (usage ? ",\"stream_options\":{\"include_usage\":true}" : "") + "}";
    }

    private String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder(prompt + 8);
        while (text.length() < prompt) {
            switch (random.nextInt(12)) {
                case 0 -> text.append("\\n");
                case 1 -> text.append("\\\"");
                case 2 -> text.append("é漢😀");
                default -> text.append(" turbine ").append(random.nextInt(1_000));
            }
        }
        return text.toString();
    }
}
