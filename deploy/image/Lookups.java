import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The packages that look methods up by name: what strings their classes hold may be names of methods. */
final class Lookups {
    private static final Set<String> BY_NAME = Set.of("getMethod", "getMethods", "getDeclaredMethod",
            "getDeclaredMethods", "findVirtual", "findStatic", "findSpecial");

    private final Set<String> packages = new HashSet<>();

    Lookups(Collection<Library.Entry> classes) {
        for (Library.Entry entry : classes) {
            for (PoolEntry constant : entry.model().constantPool()) {
                if (constant instanceof MemberRefEntry member && BY_NAME.contains(member.name().stringValue())
                        && member.owner().asInternalName().startsWith("java/lang/")) {
                    packages.add(packageOf(entry.name()));
                }
            }
        }
    }

    /** Whether a string in this class may be the name of a method. */
    boolean speaks(String name) {
        return packages.contains(packageOf(name));
    }

    /** What a class says, for all of its makers: {@code io.netty} looks no method of another library up. */
    static String spoken(String name, String text) {
        int first = name.indexOf('/');
        int second = name.indexOf('/', first + 1);
        return (second < 0 ? packageOf(name) : name.substring(0, second)) + ' ' + text;
    }

    private static String packageOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }
}
