package dev.penstock.server.plugin;

import dev.penstock.spi.RouterProvider;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A jar as the author of a plugin builds it: compiled against the SPI, in a folder of its own. */
public final class PluginJar {

    private static final String SERVICE = "META-INF/services/" + RouterProvider.class.getName();

    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final List<String> providers = new ArrayList<>();
    private final List<Path> libraries = new ArrayList<>();

    /** A jar for the SPI of this host. */
    public static PluginJar current() {
        return new PluginJar().manifest("Penstock-SPI", "1.0");
    }

    /** A jar whose strategy of this name chooses the first candidate. */
    public static PluginJar withStrategy(String name) {
        return current().provider("plug.First", "public String name() { return \"" + name + "\"; }");
    }

    /** Adds an attribute of the manifest. */
    public PluginJar manifest(String attribute, String value) {
        manifest.put(attribute, value);
        return this;
    }

    /** Adds a class that is not listed as a provider. */
    public PluginJar source(String className, String source) {
        sources.put(className, source);
        return this;
    }

    /** Lists a provider, whether there is such a class or not. */
    public PluginJar listed(String className) {
        providers.add(className);
        return this;
    }

    /** Compiles against a jar that is not put into this one, and rather against it than against the SPI. */
    public PluginJar against(Path library) {
        libraries.add(library);
        return this;
    }

    /** Adds a provider that consists of these members; its router chooses the first candidate unless they say more. */
    public PluginJar provider(String className, String members) {
        int dot = className.lastIndexOf('.');
        String create = members.contains("create(") ? "" : """
                public Router create(RouterEnvironment environment) {
                    return context -> context.select(context.candidates().get(0));
                }
                """;
        return listed(className).source(className, "package " + className.substring(0, dot) + ";\n"
                + "import dev.penstock.spi.*;\nimport java.util.List;\n"
                + "public final class " + className.substring(dot + 1) + " implements RouterProvider {\n"
                + members + "\n" + create + "}\n");
    }

    /** Builds it. */
    public Path writeTo(Path folder, String fileName) throws IOException {
        Files.createDirectories(folder);
        Path classes = Files.createTempDirectory("plugin-classes");
        try {
            compileTo(classes);
            return pack(classes, folder.resolve(fileName));
        } finally {
            delete(classes);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path pack(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, described())) {
            if (!providers.isEmpty()) {
                put(zip, SERVICE, String.join("\n", providers).getBytes(StandardCharsets.UTF_8));
            }
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    put(zip, classes.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
                }
            }
        }
        return jar;
    }

    private static void put(JarOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private Manifest described() {
        Manifest made = new Manifest();
        made.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach(made.getMainAttributes()::putValue);
        return made;
    }

    private void compileTo(Path classes) throws IOException {
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK");
        List<String> path = new ArrayList<>();
        libraries.forEach(library -> path.add(library.toString()));
        path.add(spi().toString());
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(messages, null, null,
                List.of("-proc:none", "-classpath", String.join(File.pathSeparator, path), "-d",
                        classes.toString()),
                null, sources.entrySet().stream().map(entry -> unit(entry.getKey(), entry.getValue())).toList()).call();
        if (!compiled) {
            throw new IOException(messages.toString());
        }
    }

    // Where the SPI comes from: classes or a jar, as the build has it.
    private static Path spi() throws IOException {
        try {
            return Path.of(RouterProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static JavaFileObject unit(String className, String source) {
        URI uri = URI.create("string:///" + className.replace('.', '/') + ".java");
        return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }
}
