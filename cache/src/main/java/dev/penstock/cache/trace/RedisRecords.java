package dev.penstock.cache.trace;

import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisScript;
import io.lettuce.core.ScriptOutputType;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The records in Redis, as the GPU optimizer of AIBrix reads them. Each replica sets its own part, and the record is
 * the sum of the parts as they are: who repeats himself changes nothing, and nobody takes the place of anybody.
 */
final class RedisRecords implements TraceRecords {

    /** How long Redis keeps a record. */
    static final long KEPT_SECONDS = 600;

    private static final String USE = "traces";
    private static final RedisScript PUT = new RedisScript("""
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            local sums, names = {}, {}
            for _, part in ipairs(redis.call('HVALS', KEYS[1])) do
              for name, digits in string.gmatch(part, '"([%w_:]+)":(%d+)') do
                local number = tonumber(digits)
                if sums[name] == nil then
                  names[#names + 1] = name
                  sums[name] = number
                elseif name == 'meta_v' or name == 'meta_interval_sec' or name == 'meta_precision' then
                  sums[name] = math.max(sums[name], number)
                else
                  sums[name] = sums[name] + number
                end
              end
            end
            table.sort(names)
            for i, name in ipairs(names) do
              names[i] = string.format('"%s":%.0f', name, sums[name])
            end
            redis.call('SET', KEYS[2], '{' .. table.concat(names, ',') .. '}', 'EX', ARGV[3])
            redis.call('EXPIRE', KEYS[1], ARGV[3])
            return #names
            """, ScriptOutputType.INTEGER);

    private final Redis redis;
    private final String part;

    RedisRecords(Redis redis) {
        this.redis = redis;
        // Of this run: what an earlier one of the same name has counted stays counted.
        this.part = redis.replica() + ':' + UUID.randomUUID().toString().substring(0, 8);
    }

    @Override
    public boolean up() {
        return redis.up();
    }

    @Override
    public long connections() {
        return redis.connections();
    }

    @Override
    public CompletionStage<?> put(long end, ModelTrace trace) {
        String key = TraceKeys.key(trace.model(), end);
        return redis.<Long>run(USE, PUT, List.of(TraceKeys.parts(key), key),
                List.of(part, trace.json(), Long.toString(KEPT_SECONDS)));
    }
}
