import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The jars of a class path, read: each class as the Java machine finds it, and who provides which service. */
final class Library {
    private static final String SERVICES = "META-INF/services/";
    private static final String VERSIONS = "META-INF/versions/";

    private final Map<String, Entry> classes = new LinkedHashMap<>();
    private final Map<String, List<String>> services = new LinkedHashMap<>();

    /** A class: where it is, under which name, and what it says. */
    record Entry(Path jar, String path, ClassModel model) {
        String name() {
            return model.thisClass().asInternalName();
        }
    }

    /** Reads jars; in this order, as a class path. */
    static Library read(Collection<Path> jars) throws IOException {
        Library library = new Library();
        for (Path jar : jars) {
            library.add(jar);
        }
        return library;
    }

    private void add(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Map<String, String> paths = new HashMap<>();
            List<ZipEntry> entries = new ArrayList<>(Collections.list(zip.entries()));
            // Later versions come later, and replace.
            entries.sort((a, b) -> Integer.compare(version(a.getName()), version(b.getName())));
            for (ZipEntry entry : entries) {
                String path = entry.getName();
                if (path.startsWith(SERVICES) && !entry.isDirectory()) {
                    services.computeIfAbsent(path.substring(SERVICES.length()), name -> new ArrayList<>())
                            .addAll(providers(zip.getInputStream(entry).readAllBytes()));
                } else if (path.endsWith(".class") && !path.endsWith("module-info.class")
                        && version(path) <= Runtime.version().feature()) {
                    paths.put(plain(path), path);
                }
            }
            for (String path : new TreeMap<>(paths).values()) {
                ClassModel model = ClassFile.of().parse(zip.getInputStream(zip.getEntry(path)).readAllBytes());
                classes.putIfAbsent(model.thisClass().asInternalName(), new Entry(jar, path, model));
            }
        }
    }

    private static int version(String path) {
        if (!path.startsWith(VERSIONS)) {
            return 0;
        }
        int end = path.indexOf('/', VERSIONS.length());
        return end <= VERSIONS.length() ? 0 : Integer.parseInt(path.substring(VERSIONS.length(), end));
    }

    private static String plain(String path) {
        return path.startsWith(VERSIONS) ? path.substring(path.indexOf('/', VERSIONS.length()) + 1) : path;
    }

    /** The names in a file of providers, without its comments. */
    static List<String> providers(byte[] file) {
        return new String(file, StandardCharsets.UTF_8).lines().map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty()).toList();
    }

    Optional<Entry> find(String name) {
        return Optional.ofNullable(classes.get(name));
    }

    Collection<Entry> classes() {
        return classes.values();
    }

    /** Providers by service, all names with dots. */
    Map<String, List<String>> services() {
        return services;
    }

    /** As a class file writes it. */
    static String descriptor(Method method) {
        return MethodType.methodType(method.getReturnType(), method.getParameterTypes()).descriptorString();
    }

    /** A class of the JDK; empty when this JDK has none of that name. */
    static Optional<Class<?>> ofJdk(String name) {
        try {
            return Optional.of(Class.forName(name.replace('/', '.'), false, ClassLoader.getPlatformClassLoader()));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }
}
