import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.constant.ConstantDescs;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds reduced jars against those that they were made of, and knows nothing of how: whatever a class names, a class, a
 * method, an implementation that its interface asks for, a provider, must still be there if it was before.
 * Usage: java ClosureCheck.java BEFORE AFTER    (folders of jars; ends with 1 and names what is missing)
 */
final class ClosureCheck {
    private static final Pattern DESCRIPTOR = Pattern.compile("[(\\[L<].*");
    private static final Pattern TYPE = Pattern.compile("L([^;<.:>]+)");
    private static final int MOST_TOLD = 40;

    private final Library before;
    private final Library after;
    private final Map<String, Set<String>> ancestorsBefore = new HashMap<>();
    private final Map<String, Set<String>> ancestorsAfter = new HashMap<>();
    private final Set<String> missing = new TreeSet<>();

    private ClosureCheck(Library before, Library after) {
        this.before = before;
        this.after = after;
    }

    /** Ends with 1 when something is missing. */
    public static void main(String[] folders) throws IOException {
        System.exit(whole(Library.read(SlimJars.files(Path.of(folders[0]), ".jar")),
                Library.read(SlimJars.files(Path.of(folders[1]), ".jar"))) ? 0 : 1);
    }

    /** Whether nothing is missing; what is, is told. */
    static boolean whole(Library before, Library after) {
        ClosureCheck check = new ClosureCheck(before, after);
        check.all();
        check.missing.stream().limit(MOST_TOLD).forEach(System.err::println);
        System.out.println(after.classes().size() + " of " + before.classes().size() + " classes are left; missing of "
                + "what these name: " + check.missing.size());
        return check.missing.isEmpty();
    }

    private void all() {
        for (Library.Entry entry : after.classes()) {
            for (PoolEntry constant : entry.model().constantPool()) {
                constant(entry, constant);
            }
            implementations(entry);
        }
        before.classes().stream().filter(entry -> SlimJars.own(entry.jar())).forEach(this::unharmed);
        after.services().forEach((service, providers) -> providers.forEach(name -> {
            if (after.find(name.replace('.', '/')).filter(ClosureCheck::plainConstructor).isEmpty()) {
                missing.add("META-INF/services/" + service + ": " + name);
            }
        }));
    }

    private void constant(Library.Entry entry, PoolEntry constant) {
        switch (constant) {
            case ClassEntry type -> type(entry, type.asInternalName());
            case StringEntry text -> type(entry, text.stringValue().replace('.', '/'));
            case MemberRefEntry member -> member(entry, member);
            case Utf8Entry text when DESCRIPTOR.matcher(text.stringValue()).matches() -> {
                Matcher types = TYPE.matcher(text.stringValue());
                while (types.find()) {
                    type(entry, types.group(1));
                }
            }
            default -> {}
        }
    }

    private void type(Library.Entry entry, String name) {
        if (before.find(name).isPresent() && after.find(name).isEmpty()) {
            missing.add(entry.name() + " names " + name);
        }
    }

    private void member(Library.Entry entry, MemberRefEntry member) {
        String owner = member.owner().asInternalName();
        String name = member.name().stringValue();
        String type = member.type().stringValue();
        if (!type.startsWith("(") || after.find(owner).isEmpty() || resolves(after, owner, name, type)) {
            return;
        }
        // No object, no call: of a class that nobody makes the methods of its objects may go.
        if (resolves(before, owner, name, type) && (made(owner) || isStatic(owner, name, type))) {
            missing.add(entry.name() + " calls " + owner + "." + name + type);
        }
    }

    private boolean made(String name) {
        return after.find(name).map(Library.Entry::model).filter(model -> model.flags().has(AccessFlag.INTERFACE)
                || model.methods().stream().anyMatch(
                        method -> method.methodName().equalsString(ConstantDescs.INIT_NAME))).isPresent();
    }

    private boolean isStatic(String owner, String name, String type) {
        return before.find(owner).stream().flatMap(entry -> entry.model().methods().stream())
                .anyMatch(method -> is(method, name, type) && method.flags().has(AccessFlag.STATIC));
    }

    /** What a class that is made had to implement, and did. */
    private void implementations(Library.Entry entry) {
        if (entry.model().flags().has(AccessFlag.ABSTRACT) || !made(entry.name())) {
            return;
        }
        for (String above : ancestors(after, entry.name())) {
            for (String[] method : abstractMethods(above)) {
                if (concrete(before, entry.name(), method[0], method[1])
                        && !concrete(after, entry.name(), method[0], method[1])) {
                    missing.add(entry.name() + " does not implement " + above + "." + method[0] + method[1]);
                }
            }
        }
    }

    private List<String[]> abstractMethods(String name) {
        List<String[]> methods = new ArrayList<>();
        after.find(name).ifPresentOrElse(entry -> entry.model().methods().stream()
                .filter(method -> method.flags().has(AccessFlag.ABSTRACT))
                .forEach(method -> methods.add(new String[] {method.methodName().stringValue(),
                    method.methodType().stringValue()})),
                () -> Library.ofJdk(name).ifPresent(type -> {
                    for (java.lang.reflect.Method method : type.getDeclaredMethods()) {
                        if (Modifier.isAbstract(method.getModifiers())) {
                            methods.add(new String[] {method.getName(), Library.descriptor(method)});
                        }
                    }
                }));
        return methods;
    }

    private boolean concrete(Library library, String owner, String name, String type) {
        return ancestors(library, owner).stream().anyMatch(above -> library.find(above)
                .map(entry -> entry.model().methods().stream().anyMatch(
                        method -> is(method, name, type) && !method.flags().has(AccessFlag.ABSTRACT)))
                .orElseGet(() -> Library.ofJdk(above).filter(jdk -> declares(jdk, name, type, true)).isPresent()));
    }

    private boolean resolves(Library library, String owner, String name, String type) {
        return ancestors(library, owner).stream().anyMatch(above -> library.find(above)
                .map(entry -> entry.model().methods().stream().anyMatch(method -> is(method, name, type)))
                .orElseGet(() -> Library.ofJdk(above).filter(jdk -> declares(jdk, name, type, false)).isPresent()));
    }

    private static boolean is(MethodModel method, String name, String type) {
        return method.methodName().equalsString(name) && method.methodType().equalsString(type);
    }

    private static boolean declares(Class<?> jdk, String name, String type, boolean concrete) {
        for (java.lang.reflect.Method method : jdk.getDeclaredMethods()) {
            if (method.getName().equals(name) && Library.descriptor(method).equals(type)
                    && !(concrete && Modifier.isAbstract(method.getModifiers()))) {
                return true;
            }
        }
        return false;
    }

    /** A class and all above it, each once. */
    private Set<String> ancestors(Library library, String name) {
        return (library == before ? ancestorsBefore : ancestorsAfter).computeIfAbsent(name, key -> above(library, key));
    }

    private static Set<String> above(Library library, String name) {
        Set<String> all = new LinkedHashSet<>();
        List<String> next = new ArrayList<>(List.of(name));
        while (!next.isEmpty()) {
            String type = next.removeFirst();
            if (all.add(type)) {
                library.find(type).map(Library.Entry::model).ifPresentOrElse(model -> above(model, next),
                        () -> Library.ofJdk(type).ifPresent(jdk -> above(jdk, next)));
            }
        }
        all.add("java/lang/Object");
        return all;
    }

    private static void above(ClassModel model, List<String> next) {
        model.superclass().ifPresent(parent -> next.add(parent.asInternalName()));
        model.interfaces().forEach(parent -> next.add(parent.asInternalName()));
    }

    private static void above(Class<?> jdk, List<String> next) {
        if (jdk.getSuperclass() != null) {
            next.add(jdk.getSuperclass().getName().replace('.', '/'));
        }
        for (Class<?> parent : jdk.getInterfaces()) {
            next.add(parent.getName().replace('.', '/'));
        }
    }

    private static boolean plainConstructor(Library.Entry entry) {
        return entry.model().methods().stream().anyMatch(method -> is(method, ConstantDescs.INIT_NAME, "()V"));
    }

    /** Of Penstock's own classes nothing goes. */
    private void unharmed(Library.Entry entry) {
        int now = after.find(entry.name()).map(left -> left.model().methods().size()).orElse(-1);
        if (now != entry.model().methods().size()) {
            missing.add(entry.name() + ": of " + entry.model().methods().size() + " methods there are " + now);
        }
    }
}
