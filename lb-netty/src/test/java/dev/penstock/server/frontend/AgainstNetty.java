package dev.penstock.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Ours may be stricter than Netty, never more lenient; and what both take, both read the same way. */
final class AgainstNetty {
    private AgainstNetty() {
    }

    /**
     * Compares what we read of a connection with what Netty reads of it.
     *
     * @return how many whole requests both have read
     */
    static int check(byte[] bytes, String ours) {
        List<String> whole = whole(ours);
        List<String> theirs = whole(NettyRequests.read(bytes));
        assertThat(theirs).as(new String(bytes, StandardCharsets.ISO_8859_1)).hasSizeGreaterThanOrEqualTo(whole.size());
        assertThat(theirs.subList(0, whole.size())).as(new String(bytes, StandardCharsets.ISO_8859_1))
                .isEqualTo(whole);
        return whole.size();
    }

    /** Each whole request is a line; what is behind the last one is cut off or refused. */
    private static List<String> whole(String story) {
        String[] lines = story.split("\n", -1);
        return List.of(lines).subList(0, lines.length - 1);
    }
}
