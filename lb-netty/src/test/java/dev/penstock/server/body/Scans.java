package dev.penstock.server.body;

import dev.penstock.spi.ErrorCode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Scans whole texts, for tests that ask for the outcome only. */
final class Scans {
    private static final ScanScratch SCRATCH = new ScanScratch();

    private Scans() {
    }

    static BodyFacts facts(String body) {
        BodyScanner scanner = scan(body.getBytes(StandardCharsets.UTF_8));
        Violation violation = scanner.finish();
        if (violation != null) {
            throw new AssertionError(violation + " in " + body);
        }
        return scanner.facts();
    }

    static @Nullable ErrorCode error(byte[] body) {
        Violation violation = scan(body).finish();
        return violation == null ? null : violation.code();
    }

    static @Nullable ErrorCode error(String body) {
        return error(body.getBytes(StandardCharsets.UTF_8));
    }

    private static BodyScanner scan(byte[] body) {
        BodyScanner scanner = new BodyScanner(SCRATCH);
        scanner.reset(true);
        new Pieces(1).feedWhole(body, scanner::scan);
        return scanner;
    }
}
