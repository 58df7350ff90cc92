import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes out of the jars of the image what no running server reads: of the libraries the classes and methods that
 * nothing reaches ({@link Reach}), of all jars the names of local variables, which only debuggers show, indexes of other
 * frameworks, and Maven's own files. Line numbers stay, so that stack traces say where; Penstock's own classes all stay.
 * Usage: java SlimJars.java LIB NATIVE KEPT LEFT_OUT    (each jar in LIB is replaced; NATIVE holds what calls into them
 * from C; KEPT says what no class file tells; the names of the classes that went are written to LEFT_OUT. Ends with 1
 * when what is left is not whole)
 */
final class SlimJars {
    /** The earliest that a jar can tell: the same jars give the same image. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final String SERVICES = "META-INF/services/";
    private static final Pattern NAME_OF_CLASS = Pattern.compile("[a-z]\\w*(/[\\w$]+)+");

    private final Library library;
    private final Kept kept;
    private final Reach reach;
    private final List<String> leftOut = new ArrayList<>();

    private SlimJars(Library library, Kept kept, Reach reach) {
        this.library = library;
        this.kept = kept;
        this.reach = reach;
    }

    /** Replaces each jar of a folder. */
    public static void main(String[] arguments) throws IOException {
        List<Path> jars = files(Path.of(arguments[0]), ".jar");
        Library library = Library.read(jars);
        Kept kept = Kept.read(Path.of(arguments[2]));
        Collection<String> roots = new TreeSet<>();
        library.classes().stream().filter(entry -> own(entry.jar())).map(Library.Entry::name).forEach(roots::add);
        for (Path file : files(Path.of(arguments[1]), ".so")) {
            roots.addAll(namesIn(file, library));
        }
        SlimJars slim = new SlimJars(library, kept, Reach.of(library, kept, roots));
        for (Path jar : jars) {
            slim.replace(jar);
        }
        Files.write(Path.of(arguments[3]), slim.leftOut);
        if (!ClosureCheck.whole(library, Library.read(jars))) {
            System.exit(1);
        }
    }

    static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    static boolean own(Path jar) {
        return jar.getFileName().toString().startsWith("penstock-");
    }

    /** Classes that native code asks for by name: what it calls of them, nobody can tell. */
    private static Collection<String> namesIn(Path file, Library library) throws IOException {
        Collection<String> names = new TreeSet<>();
        Matcher matcher = NAME_OF_CLASS.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            if (library.find(matcher.group()).isPresent()) {
                names.add(matcher.group());
            }
        }
        return names;
    }

    private void replace(Path jar) throws IOException {
        Path slim = jar.resolveSibling(jar.getFileName() + ".slim");
        try (ZipFile from = new ZipFile(jar.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(slim))) {
            to.setLevel(Deflater.BEST_COMPRESSION);
            for (ZipEntry entry : Collections.list(from.entries())) {
                byte[] bytes = entry.isDirectory() || !needed(entry.getName()) ? null
                        : slim(jar, entry.getName(), from.getInputStream(entry).readAllBytes());
                if (bytes != null) {
                    ZipEntry copy = new ZipEntry(entry.getName());
                    copy.setTimeLocal(NO_TIME);
                    to.putNextEntry(copy);
                    to.write(bytes);
                    to.closeEntry();
                }
            }
        }
        Files.move(slim, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean needed(String name) {
        return !name.equals("META-INF/jandex.idx") && !name.equals("META-INF/INDEX.LIST")
                && !name.startsWith("META-INF/maven/") && !name.startsWith("META-INF/native-image/")
                && !name.endsWith("module-info.class");
    }

    /** What becomes of an entry; null for nothing. */
    private byte[] slim(Path jar, String path, byte[] bytes) {
        if (path.endsWith(".class")) {
            return slimClass(jar, path, bytes);
        }
        if (path.startsWith(SERVICES) && !own(jar)) {
            List<String> providers = Library.providers(bytes).stream()
                    .filter(name -> reach.reached(name.replace('.', '/'))).toList();
            return providers.isEmpty() ? null : (String.join("\n", providers) + "\n").getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }

    private byte[] slimClass(Path jar, String path, byte[] bytes) {
        SlimClass slim = new SlimClass(bytes);
        if (own(jar)) {
            return slim.withoutVariables();
        }
        String name = slim.name();
        if (!reach.reached(name) || library.find(name)
                .filter(entry -> entry.jar().equals(jar) && entry.path().equals(path)).isEmpty()) {
            leftOut.add(name);
            return null;
        }
        return slim.reduced(library.find(name).orElseThrow().model(), method -> reach.reached(name, method),
                method -> kept.never(name, method.methodName().stringValue()),
                other -> library.find(other).isEmpty() || reach.reached(other));
    }
}
