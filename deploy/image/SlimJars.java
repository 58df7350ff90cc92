import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes out of the jars of the image what no running server reads: names of local variables, which only debuggers
 * show, indexes of other frameworks, and Maven's own files. Line numbers stay, so that stack traces say where.
 * Usage: java SlimJars.java JAR...    (each is replaced)
 */
final class SlimJars {
    /** The earliest that a jar can tell: the same jars give the same image. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);
    /** A pool of constants made anew, or the names would stay in it. */
    private static final ClassFile FORMAT = ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL,
            ClassFile.StackMapsOption.DROP_STACK_MAPS, ClassFile.DeadCodeOption.KEEP_DEAD_CODE);
    private static final CodeTransform WITHOUT_VARIABLES = (builder, element) -> {
        switch (element) {
            case LocalVariable variable -> {}
            case LocalVariableType type -> {}
            // Given at the end, as the compiler made it.
            case StackMapTableAttribute frames -> {}
            default -> builder.with(element);
        }
    };
    private static final ClassTransform SLIM = ClassTransform.transformingMethods((builder, element) -> {
        if (element instanceof CodeModel code) {
            builder.transformCode(code, WITHOUT_VARIABLES.andThen(CodeTransform.endHandler(
                    end -> code.findAttribute(Attributes.stackMapTable()).ifPresent(end::with))));
        } else {
            builder.with(element);
        }
    });

    private SlimJars() {}

    /** Replaces each jar. */
    public static void main(String[] jars) throws IOException {
        for (String name : jars) {
            Path jar = Path.of(name);
            Path slim = jar.resolveSibling(jar.getFileName() + ".slim");
            pack(jar, slim);
            Files.move(slim, jar, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void pack(Path jar, Path slim) throws IOException {
        try (ZipFile from = new ZipFile(jar.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(slim))) {
            to.setLevel(Deflater.BEST_COMPRESSION);
            for (ZipEntry entry : Collections.list(from.entries())) {
                String name = entry.getName();
                if (entry.isDirectory() || !needed(name)) {
                    continue;
                }
                byte[] bytes = from.getInputStream(entry).readAllBytes();
                ZipEntry copy = new ZipEntry(name);
                copy.setTimeLocal(NO_TIME);
                to.putNextEntry(copy);
                to.write(name.endsWith(".class") ? slim(name, bytes) : bytes);
                to.closeEntry();
            }
        }
    }

    private static boolean needed(String name) {
        return !name.equals("META-INF/jandex.idx") && !name.startsWith("META-INF/maven/");
    }

    /** The class again; where its code had no variables, as it was. */
    private static byte[] slim(String name, byte[] bytes) {
        try {
            byte[] slim = FORMAT.transformClass(FORMAT.parse(bytes), SLIM);
            return slim.length < bytes.length ? slim : bytes;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name, e);
        }
    }
}
