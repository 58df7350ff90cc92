package dev.penstock.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.server.body.Pieces;

/** Whatever a client sends: the same for every cut, no exception, and no request that Netty does not see as well. */
class RequestFuzzTest {

    @FuzzTest
    void shouldReadAnyRequest(byte[] bytes) {
        if (bytes.length > 0) {
            String whole = Requests.read(bytes, new Pieces(1), true);
            assertThat(Requests.read(bytes, new Pieces(bytes[0]), false)).isEqualTo(whole);
            AgainstNetty.check(bytes, whole);
        }
    }
}
