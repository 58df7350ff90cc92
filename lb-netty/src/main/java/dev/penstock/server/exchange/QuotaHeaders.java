package dev.penstock.server.exchange;

import dev.penstock.core.port.Quota;
import dev.penstock.server.upstream.HeaderSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a user may ask for and has left, in the headers and words that clients of OpenAI know. Holds no state. */
final class QuotaHeaders {
    private static final String LIMIT = "x-ratelimit-limit-";
    private static final String REMAINING = "x-ratelimit-remaining-";
    private static final String RESET = "x-ratelimit-reset-";
    private static final String REQUESTS = "requests";
    private static final String TOKENS = "tokens";
    private static final long MILLIS_OF_SECOND = 1_000;
    private static final long MILLIS_OF_MINUTE = 60_000;

    private QuotaHeaders() {
    }

    /** Adds names and values, in turn, where there is something to tell. */
    static void add(@Nullable Quota quota, List<String> to) {
        if (quota == null) {
            return;
        }
        if (quota.requests() > 0) {
            add(to, REQUESTS, quota.requests(), quota.requestsLeft(), quota.requestsResetNanos());
        }
        if (quota.tokens() > 0) {
            add(to, TOKENS, quota.tokens(), quota.tokensLeft(), quota.tokensResetNanos());
        }
    }

    private static void add(List<String> to, String what, long limit, long left, long resetNanos) {
        to.add(LIMIT + what);
        to.add(Long.toString(limit));
        to.add(REMAINING + what);
        to.add(Long.toString(left));
        to.add(RESET + what);
        to.add(duration(resetNanos));
    }

    /** Writes them. */
    static void write(@Nullable Quota quota, HeaderSink sink) {
        if (quota == null) {
            return;
        }
        List<String> headers = new ArrayList<>();
        add(quota, headers);
        for (int i = 0; i < headers.size(); i += 2) {
            sink.header(headers.get(i), headers.get(i + 1));
        }
    }

    /** A time as OpenAI writes it: {@code 20ms}, {@code 1.5s}, {@code 6m0s}; rounded up to milliseconds. */
    static String duration(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
        if (millis < MILLIS_OF_SECOND) {
            return millis + "ms";
        }
        StringBuilder text = new StringBuilder();
        if (millis >= MILLIS_OF_MINUTE) {
            text.append(millis / MILLIS_OF_MINUTE).append('m');
        }
        text.append(millis % MILLIS_OF_MINUTE / MILLIS_OF_SECOND);
        long rest = millis % MILLIS_OF_SECOND;
        if (rest > 0) {
            String digits = Long.toString(MILLIS_OF_SECOND + rest).substring(1);
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            text.append('.').append(digits, 0, end);
        }
        return text.append('s').toString();
    }
}
