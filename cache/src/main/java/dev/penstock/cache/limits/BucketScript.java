package dev.penstock.cache.limits;

import dev.penstock.cache.redis.RedisScript;
import io.lettuce.core.ScriptOutputType;

/**
 * Token buckets in Redis, by its own clock. Each is a field of a hash, {@code "<level> <microseconds>"}: what was taken
 * and has not flowed back, and when that was so. With a limit {@code L} in a window {@code W} the level falls by
 * {@code L/W}, and a take of {@code n} has room where level + n ≤ L. A key expires when all of its buckets are full.
 */
final class BucketScript {

    /** What the other scripts of buckets begin with: the time, and how high a bucket stands. */
    static final String LEVEL = """
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
            local odd = 0
            local function level(key, field, limit, window)
              local kept = redis.call('HGET', key, field)
              if not kept then return 0 end
              local used, at = string.match(kept, '^(%d+%.?%d*) (%d+)$')
              if not used then
                odd = 1
                return 0
              end
              return math.max(0, tonumber(used) - math.max(0, now - tonumber(at)) * limit / window)
            end
            local function keep(key, field, level)
              redis.call('HSET', key, field, string.format('%.6f %.0f', level, now))
            end
            """;

    /**
     * Takes from buckets of one key, from all or from none. Arguments: {@code take}, or {@code change} to take without
     * asking for room or to give back; then for each bucket its field, limit, window in microseconds, amount. Answer:
     * the number of the bucket that has no room, or 0; 1 where something else was kept in a bucket; and the levels.
     */
    static final RedisScript TAKE = new RedisScript(LEVEL + """
            local refused = 0
            local levels = {}
            for i = 2, #ARGV, 4 do
              local limit = tonumber(ARGV[i + 1])
              local there = level(KEYS[1], ARGV[i], limit, tonumber(ARGV[i + 2]))
              if ARGV[1] == 'take' and refused == 0 and there + tonumber(ARGV[i + 3]) > limit + 0.0001 then
                refused = (i + 2) / 4
              end
              levels[#levels + 1] = there
            end
            if refused == 0 then
              local longest = 1
              for i = 2, #ARGV, 4 do
                local n = (i + 2) / 4
                levels[n] = math.max(0, levels[n] + tonumber(ARGV[i + 3]))
                keep(KEYS[1], ARGV[i], levels[n])
                longest = math.max(longest, levels[n] * tonumber(ARGV[i + 2]) / tonumber(ARGV[i + 1]))
              end
              redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil(longest / 1000)))
            end
            local answer = {refused, odd}
            for n = 1, #levels do answer[n + 2] = string.format('%.6f', levels[n]) end
            return answer
            """, ScriptOutputType.MULTI);

    private BucketScript() {}
}
