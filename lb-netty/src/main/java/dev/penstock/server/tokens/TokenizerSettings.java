package dev.penstock.server.tokens;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How prompts become tokens.
 *
 * @param standard tokenizer of models for which none is named
 * @param models tokenizers by model
 * @param files files of Hugging Face's {@code tokenizer.json}, by the name of the tokenizer
 * @param local bounds of those of this process
 * @param remote how engines are asked
 */
public record TokenizerSettings(String standard, Map<String, String> models, Map<String, Path> files, Local local,
        Remote remote) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** Default. */
    public static final Setting<String> DEFAULT = Setting.text("tokenizers.default", TokenizerNames.AUTO, false,
            "Tokenizer of models for which none is named: auto (engines that tell KV events are asked, else none),"
                    + " none, characters, cl100k_base, o200k_base, p50k_base, r50k_base, remote, or a name of"
                    + " tokenizers.files.");
    /** By model. */
    public static final Setting<Map<String, String>> MODELS = pairs("tokenizers.models",
            "Tokenizers of models, as model=tokenizer with commas between them.");
    /** Files. */
    public static final Setting<Map<String, String>> FILES = pairs("tokenizers.files",
            "Tokenizers of Hugging Face, as name=tokenizer.json with commas between them.");
    /** Threads. */
    public static final Setting<Integer> THREADS = Setting.integer("tokenizers.threads", 1, 1, 64, false,
            "Threads that make tokens in this process.");
    /** Queue. */
    public static final Setting<Integer> QUEUE = Setting.integer("tokenizers.queue", 256, 1, 65_536, false,
            "Prompts that may wait for these threads, and for engines; further ones go on without tokens.");
    /** Deadline. */
    public static final Setting<Long> DEADLINE = Setting.duration("tokenizers.deadline", "10ms", false,
            "Time for the tokens of a prompt; then the request goes on without.");
    /** Cache. */
    public static final Setting<Long> CACHE = Setting.size("tokenizers.cache", "32MiB", false,
            "Memory for tokens that are remembered, so that a conversation that goes on costs only its end.");
    /** Remote deadline. */
    public static final Setting<Long> REMOTE_DEADLINE = Setting.duration("tokenizers.remote.deadline", "50ms", false,
            "Time for an engine to tell tokens; then the request goes on without.");
    /** Remote path. */
    public static final Setting<String> REMOTE_PATH = new Setting<>("tokenizers.remote.path", "/tokenize",
            TokenizerSettings::path, false, "Path at which engines make tokens.");
    /** Remote URL. */
    public static final Setting<String> REMOTE_URL = new Setting<>("tokenizers.remote.url", "",
            TokenizerSettings::url, false,
            "Who makes tokens, as http://host:port; where it is empty, a pod of the request's model.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(DEFAULT, MODELS, FILES, THREADS, QUEUE, DEADLINE, CACHE,
            REMOTE_DEADLINE, REMOTE_PATH, REMOTE_URL);

    /**
     * Bounds of tokenizers of this process.
     *
     * @param threads threads
     * @param queue prompts that may wait, and questions to engines that may be open
     * @param deadlineNanos time for a prompt
     * @param cacheBytes memory for tokens
     */
    public record Local(int threads, int queue, long deadlineNanos, long cacheBytes) {}

    /**
     * How engines are asked.
     *
     * @param deadlineNanos time for an answer
     * @param path path and query
     * @param host who is asked in the place of pods, or null for pods
     * @param port the port of that host
     */
    public record Remote(long deadlineNanos, String path, @Nullable String host, int port) {}

    /**
     * These settings of all settings.
     *
     * @param folder where relative names of files are seen from
     */
    public static TokenizerSettings from(Settings settings, Path folder) {
        Map<String, Path> files = new LinkedHashMap<>();
        settings.get(FILES).forEach((name, file) -> files.put(name, folder.resolve(file)));
        String url = settings.get(REMOTE_URL);
        URI uri = url.isEmpty() ? null : URI.create(url);
        return new TokenizerSettings(settings.get(DEFAULT), settings.get(MODELS),
                Collections.unmodifiableMap(files),
                new Local(settings.get(THREADS), settings.get(QUEUE), settings.get(DEADLINE), settings.get(CACHE)),
                new Remote(settings.get(REMOTE_DEADLINE), settings.get(REMOTE_PATH),
                        uri == null ? null : host(uri),
                        uri == null || uri.getPort() < 0 ? 80 : uri.getPort()));
    }

    // Without the brackets of an IPv6 address, which the address of an endpoint gets by itself.
    private static String host(URI uri) {
        String host = Objects.requireNonNull(uri.getHost());
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Names of all tokenizers that there are. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(TokenizerNames.BUILT_IN);
        names.addAll(files.keySet());
        return names;
    }

    /** What is wrong with settings, one sentence each: names that nothing has, files that cannot be read. */
    public static List<String> problems(Settings settings, Path folder) {
        TokenizerSettings read = from(settings, folder);
        Set<String> names = read.names();
        List<String> problems = new ArrayList<>();
        if (!names.contains(read.standard)) {
            problems.add(about(settings, DEFAULT) + read.standard + expected(read.standard, names));
        }
        read.models.forEach((model, tokenizer) -> {
            if (!names.contains(tokenizer)) {
                problems.add(about(settings, MODELS) + model + "=" + tokenizer + expected(tokenizer, names));
            }
        });
        read.files.forEach((name, file) -> {
            if (!NAME.matcher(name).matches() || TokenizerNames.BUILT_IN.contains(name)) {
                problems.add(about(settings, FILES) + name + " (expected: a name of letters, digits, dots, dashes that"
                        + " is not one of " + String.join(", ", new TreeSet<>(TokenizerNames.BUILT_IN)) + ")");
            } else if (!Files.isReadable(file) || Files.isDirectory(file)) {
                problems.add(about(settings, FILES) + name + ": cannot read " + file);
            }
        });
        if (!read.files.isEmpty() && !HuggingFaceTokenizers.present()) {
            problems.add(about(settings, FILES) + HuggingFaceTokenizers.MISSING);
        }
        return problems;
    }

    /** What a person is told of a name that no tokenizer has. */
    public static String expected(String name, Collection<String> names) {
        return " (expected: one of " + String.join(", ", names) + ")" + Settings.closest(name, names);
    }

    private static String about(Settings settings, Setting<?> setting) {
        Settings.Entry entry = settings.entry(setting.name());
        return (entry == null || entry.where().isEmpty() ? "" : entry.where() + ": ") + setting.name() + ": ";
    }

    private static Setting<Map<String, String>> pairs(String name, String description) {
        return new Setting<>(name, "", TokenizerSettings::pairs, false, description);
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        if (text.isBlank()) {
            return pairs;
        }
        for (String pair : text.split(",", -1)) {
            // Names of models may contain anything but this; what is behind the last one is the tokenizer's.
            int equals = pair.lastIndexOf('=');
            String key = equals < 0 ? "" : pair.substring(0, equals).strip();
            String value = pair.substring(equals + 1).strip();
            if (key.isEmpty() || value.isEmpty()) {
                throw new IllegalArgumentException("expected: name=value, with commas between them");
            }
            if (pairs.put(key, value) != null) {
                throw new IllegalArgumentException("expected: " + key + " once");
            }
        }
        return pairs;
    }

    private static String path(String text) {
        String path = text.strip();
        if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
            throw new IllegalArgumentException("expected: a path that begins with /");
        }
        return path;
    }

    private static String url(String text) {
        String url = text.strip();
        if (url.isEmpty()) {
            return url;
        }
        try {
            URI uri = URI.create(url);
            String rest = uri.getRawPath();
            if ("http".equals(uri.getScheme()) && uri.getHost() != null && (rest.isEmpty() || rest.equals("/"))
                    && uri.getRawQuery() == null && uri.getRawUserInfo() == null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException("expected: http://host:port, without a path");
    }
}
