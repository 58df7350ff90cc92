package dev.penstock.bench.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateTest {
    @Test
    void shouldMakeACertificateAndTheKeyThatBelongsToIt(@TempDir Path folder) throws Exception {
        Certificate made = Certificate.make(folder, "one");

        SslContext server = SslContextBuilder.forServer(made.certificate().toFile(), made.key().toFile())
                .sslProvider(SslProvider.JDK).build();
        assertThat(server.isServer()).isTrue();
        assertThat(made.both()).startsWith("-----BEGIN CERTIFICATE-----\n").endsWith("-----END PRIVATE KEY-----\n");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(made.certificate(), made.key());
        }
    }
}
