package dev.penstock.deploy;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A plugin whose strategy tells the client how many tokens its prompt has. */
public final class CountingTokens implements RouterProvider {
    static final String NAME = "counting-tokens";
    static final String HEADER = "x-tokens";

    /** Called by the loader of plugins. */
    public CountingTokens() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Needs needs() {
        return Needs.tokens("cl100k_base");
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return context -> {
            context.responseHeader(HEADER, Integer.toString(context.request().tokens().length));
            context.select(context.candidates().get(0));
        };
    }

    /** Makes a jar of it, in a folder of its own. */
    static Path jar(Path folder) throws IOException {
        Path plugins = Files.createDirectories(folder.resolve("own-plugins"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Penstock-SPI", "1.0");
        String name = CountingTokens.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(plugins.resolve("counting.jar"));
                JarOutputStream jar = new JarOutputStream(out, manifest);
                InputStream code = Objects.requireNonNull(
                        CountingTokens.class.getClassLoader().getResourceAsStream(name))) {
            jar.putNextEntry(new JarEntry(name));
            code.transferTo(jar);
            jar.putNextEntry(new JarEntry("META-INF/services/" + RouterProvider.class.getName()));
            jar.write(CountingTokens.class.getName().getBytes(StandardCharsets.UTF_8));
        }
        return plugins;
    }
}
