package dev.penstock.cache.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.sync.RedisKeyCommands;
import io.lettuce.core.api.sync.RedisStringCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads records by the rules of AIBrix's GPU optimizer: at first all that there are, then one window after the other,
 * never back. Knows nothing of who wrote them.
 */
final class OptimizerReader {

    /** Requests of one kind: binary logarithms of their tokens, and how many a second or in all. */
    record Load(long at, double input, double output, double frequency) {}

    /** One record. */
    record Read(long at, Map<String, Long> values, List<Load> loads, double rate) {}

    private static final Pattern WINDOW = Pattern.compile("_(\\d+)$");
    private static final Pattern BUCKET = Pattern.compile("^\\d+:\\d+$");
    private static final long PATIENCE_SECONDS = 2;

    private final RedisKeyCommands<String, String> keys;
    private final RedisStringCommands<String, String> values;
    private final String model;
    private final List<String> dropped = new ArrayList<>();
    private long interval = 10;
    private long last;

    <C extends RedisKeyCommands<String, String> & RedisStringCommands<String, String>> OptimizerReader(C redis,
            String model) {
        this.keys = redis;
        this.values = redis;
        this.model = model;
    }

    /** Bodies that were no records. */
    List<String> dropped() {
        return dropped;
    }

    /** When it looks again, in Unix seconds. */
    long nextPoll() {
        return last + interval + PATIENCE_SECONDS;
    }

    /** All records that there are, oldest first. */
    List<Read> first(long now) {
        Map<Long, String> found = new TreeMap<>(Comparator.naturalOrder());
        ScanArgs all = ScanArgs.Builder.matches("aibrix:" + model + "_request_trace_*").limit(100);
        ScanCursor cursor = ScanCursor.INITIAL;
        do {
            KeyScanCursor<String> page = keys.scan(cursor, all);
            for (String key : page.getKeys()) {
                Matcher window = WINDOW.matcher(key);
                if (window.find()) {
                    found.put(Long.parseLong(window.group(1)), key);
                }
            }
            cursor = page;
        } while (!cursor.isFinished());
        List<Read> records = new ArrayList<>();
        found.forEach((at, key) -> take(at, values.get(key), records));
        last = found.isEmpty() ? now : ((TreeMap<Long, String>) found).lastKey();
        return records;
    }

    /** The record of the window that has ended last, where it was not read before; empty where there is none. */
    List<Read> poll(long now) {
        long at = now - now % interval;
        List<Read> records = new ArrayList<>();
        if (at > last) {
            take(at, values.get("aibrix:" + model + "_request_trace_" + at), records);
            last = at;
        }
        return records;
    }

    private void take(long at, @Nullable String body, List<Read> into) {
        if (body == null) {
            return;
        }
        try {
            into.add(record(at, body));
        } catch (IOException | IllegalArgumentException e) {
            dropped.add(body);
        }
    }

    private Read record(long at, String body) throws IOException {
        Map<String, Long> all = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(body)) {
            require(parser.nextToken() == JsonToken.START_OBJECT);
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                require(name.startsWith("meta_") || BUCKET.matcher(name).matches());
                require(parser.nextToken() == JsonToken.VALUE_NUMBER_INT);
                require(all.put(name, parser.getLongValue()) == null);
            }
            require(parser.nextToken() == null);
        }
        long version = all.getOrDefault("meta_v", 1L);
        if (version >= 2) {
            interval = number(all, "meta_interval_sec");
        }
        double precision = number(all, "meta_precision");
        List<Load> loads = new ArrayList<>();
        double sum = 0;
        for (Map.Entry<String, Long> each : all.entrySet()) {
            if (each.getKey().startsWith("meta_")) {
                continue;
            }
            int colon = each.getKey().indexOf(':');
            loads.add(new Load(at, Integer.parseInt(each.getKey().substring(0, colon)) / precision,
                    Integer.parseInt(each.getKey().substring(colon + 1)) / precision, each.getValue()));
            sum += each.getValue();
        }
        double requests = version >= 3 ? number(all, "meta_total_reqs") : sum;
        return new Read(at, all, loads, requests / interval);
    }

    private static long number(Map<String, Long> all, String name) {
        Long value = all.get(name);
        require(value != null);
        return Objects.requireNonNull(value);
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("no record");
        }
    }
}
