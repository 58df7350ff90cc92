import java.lang.classfile.Attributes;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ConstantDescs;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a running Penstock can reach of the libraries: classes, and of each its methods. Errs on the side of keeping. A
 * method counts as called when anything that is reached calls one of that name and descriptor, in any class; or
 * when the JDK could, because a class that is reached has a type of the JDK that declares it. What reflection finds by a
 * string is kept for the string; fields are all kept, and so is every type that a kept method or field names.
 */
final class Reach implements References.Sink {
    private static final String JACKSON = "Lcom/fasterxml/jackson/";
    private static final String IGNORED = "Lcom/fasterxml/jackson/annotation/JsonIgnore;";

    private final Library library;
    private final Kept kept;
    private final Lookups lookups;
    private final References references = new References(this);
    private final Set<String> classes = new HashSet<>();
    private final Set<String> whole = new HashSet<>();
    private final Set<String> literals = new HashSet<>();
    private final Set<Method> methods = new HashSet<>();
    private final Set<String> called = new HashSet<>();
    private final Set<String> calledNames = new HashSet<>();
    private final Set<String> texts = new HashSet<>();
    private final Set<String> ofJdk = new HashSet<>();
    private final Map<String, List<Method>> waitingForCall = new HashMap<>();
    private final Map<String, List<Method>> waitingForName = new HashMap<>();
    private final Map<String, List<Method>> waitingForText = new HashMap<>();
    private final Map<String, List<Method>> waitingForObject = new HashMap<>();
    /** Classes of which a constructor is reached, by themselves or by a class below. */
    private final Set<String> made = new HashSet<>();
    private final Deque<Runnable> work = new ArrayDeque<>();
    /** The class whose references are being told. */
    private String speaker = "";

    /** A method of a class of the library. */
    private record Method(String owner, MethodModel model) {}

    private Reach(Library library, Kept kept) {
        this.library = library;
        this.kept = kept;
        lookups = new Lookups(library.classes());
    }

    /** Follows everything from the classes that are kept whole. */
    static Reach of(Library library, Kept kept, Collection<String> roots) {
        Reach reach = new Reach(library, kept);
        roots.forEach(reach::whole);
        library.classes().stream().map(Library.Entry::name).filter(kept::whole).forEach(reach::whole);
        library.services().keySet().stream().filter(service -> Library.ofJdk(service).isPresent())
                .forEach(reach::providers);
        while (!reach.work.isEmpty()) {
            reach.work.remove().run();
        }
        return reach;
    }

    /** Whether a class of the library is reached, by its name with slashes. */
    boolean reached(String name) {
        return classes.contains(name);
    }

    /** Whether a method of a class that is reached is. */
    boolean reached(String owner, MethodModel method) {
        return methods.contains(new Method(owner, method));
    }

    @Override
    public void type(String name) {
        library.find(name).filter(entry -> classes.add(name)).ifPresent(entry -> work.add(() -> reach(entry)));
    }

    @Override
    public void literal(String name) {
        type(name);
        library.find(name).filter(entry -> literals.add(name)).ifPresent(entry -> entry.model().methods().stream()
                .filter(Reach::constructor)
                .forEach(method -> live(new Method(name, method))));
    }

    @Override
    public void method(String owner, String name, String descriptor) {
        String call = call(owner, name, descriptor);
        if (called.add(call)) {
            awake(waitingForCall.remove(call));
        }
        if (calledNames.add(name)) {
            awake(waitingForName.remove(name));
        }
    }

    @Override
    public void text(String text) {
        String name = text.replace('.', '/');
        if (library.find(name).isPresent()) {
            literal(name);
        }
        String spoken = Lookups.spoken(speaker, text);
        if (lookups.speaks(speaker) && texts.add(spoken)) {
            awake(waitingForText.remove(spoken));
        }
    }

    private void whole(String name) {
        whole.add(name);
        literal(name);
    }

    private void reach(Library.Entry entry) {
        ClassModel model = entry.model();
        String name = entry.name();
        speaker = name;
        references.ofClass(model);
        ancestors(model);
        providers(name.replace('/', '.'));
        boolean all = whole.contains(name) || model.flags().has(AccessFlag.ANNOTATION)
                || model.findAttribute(Attributes.record()).isPresent();
        boolean bean = bean(model);
        for (MethodModel method : model.methods()) {
            if (all || always(method, model) || bean && property(method)) {
                live(new Method(name, method));
            } else if (needsObject(method, model) && !made.contains(name)) {
                waitingForObject.computeIfAbsent(name, key -> new ArrayList<>()).add(new Method(name, method));
            } else {
                waitFor(new Method(name, method));
            }
        }
        if (bean) {
            // What it inherits is set and read by reflection, too.
            model.superclass().ifPresent(parent -> library.find(parent.asInternalName()).ifPresent(above ->
                    above.model().methods().stream().filter(Reach::property)
                            .forEach(method -> live(new Method(above.name(), method)))));
        }
    }

    /** Code that runs in an object only; a class that is named and never made keeps none. */
    private static boolean needsObject(MethodModel method, ClassModel model) {
        return !method.flags().has(AccessFlag.STATIC) && !method.flags().has(AccessFlag.ABSTRACT)
                && !model.flags().has(AccessFlag.INTERFACE) && !constructor(method);
    }

    private static boolean constructor(MethodModel method) {
        return method.methodName().equalsString(ConstantDescs.INIT_NAME);
    }

    private static boolean always(MethodModel method, ClassModel model) {
        String name = method.methodName().stringValue();
        return name.equals(ConstantDescs.CLASS_INIT_NAME) || method.flags().has(AccessFlag.NATIVE)
                || model.flags().has(AccessFlag.ENUM) && (name.equals("values") || name.equals("valueOf"));
    }

    /** Whether Jackson reads and makes objects of this class by reflection. */
    private static boolean bean(ClassModel model) {
        return annotated(model) || model.methods().stream().anyMatch(Reach::annotated)
                || model.fields().stream().anyMatch(Reach::annotated);
    }

    private static boolean property(MethodModel method) {
        String name = method.methodName().stringValue();
        return name.startsWith("get") || name.startsWith("set") || name.startsWith("is")
                || name.equals(ConstantDescs.INIT_NAME) || annotated(method);
    }

    private static boolean annotated(AttributedElement element) {
        return element.findAttribute(Attributes.runtimeVisibleAnnotations()).stream()
                .flatMap(all -> all.annotations().stream()).map(annotation -> annotation.className().stringValue())
                .anyMatch(type -> type.startsWith(JACKSON) && !type.equals(IGNORED));
    }

    private void waitFor(Method method) {
        String name = method.model().methodName().stringValue();
        String call = call(method.owner(), name, method.model().methodType().stringValue());
        boolean byName = kept.byName(method.owner());
        String spoken = Lookups.spoken(method.owner(), name);
        if (called.contains(call) || texts.contains(spoken) || byName && calledNames.contains(name)) {
            live(method);
            return;
        }
        waitingForCall.computeIfAbsent(call, key -> new ArrayList<>()).add(method);
        waitingForText.computeIfAbsent(spoken, key -> new ArrayList<>()).add(method);
        if (byName) {
            waitingForName.computeIfAbsent(name, key -> new ArrayList<>()).add(method);
        }
    }

    private void awake(List<Method> waiting) {
        if (waiting != null) {
            waiting.forEach(this::live);
        }
    }

    private void live(Method method) {
        if (methods.add(method)) {
            // Whoever calls it, by reflection or from C, calls what stands in its place in a class below.
            if (!constructor(method.model()) && !method.model().flags().has(AccessFlag.STATIC)
                    && !method.model().flags().has(AccessFlag.PRIVATE)) {
                method(method.owner(), method.model().methodName().stringValue(),
                        method.model().methodType().stringValue());
            }
            if (constructor(method.model()) && made.add(method.owner())) {
                List<Method> waiting = waitingForObject.remove(method.owner());
                if (waiting != null) {
                    waiting.forEach(this::waitFor);
                }
            }
            work.add(() -> {
                speaker = method.owner();
                if (kept.never(method.owner(), method.model().methodName().stringValue())) {
                    references.ofDeclaration(method.model());
                } else {
                    references.ofMethod(method.model());
                }
            });
        }
    }

    /** Only constructors belong to one class; a call of all else may end in another than it names. */
    private static String call(String owner, String name, String descriptor) {
        return name.equals(ConstantDescs.INIT_NAME) ? owner + descriptor : name + descriptor;
    }

    private void providers(String service) {
        if (!kept.weak(service)) {
            library.services().getOrDefault(service, List.of()).forEach(name -> literal(name.replace('.', '/')));
        }
    }

    /** What the types of the JDK above a class declare may be called by the JDK. */
    private void ancestors(ClassModel model) {
        model.superclass().ifPresent(parent -> ancestor(parent.asInternalName()));
        model.interfaces().forEach(parent -> ancestor(parent.asInternalName()));
    }

    private void ancestor(String name) {
        // Those of the library have told of theirs.
        if (library.find(name).isEmpty() && ofJdk.add(name)) {
            Library.ofJdk(name).ifPresent(this::overridable);
        }
    }

    private void overridable(Class<?> type) {
        for (java.lang.reflect.Method method : type.getDeclaredMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && !Modifier.isPrivate(method.getModifiers())) {
                method(type.getName().replace('.', '/'), method.getName(), Library.descriptor(method));
            }
        }
        List<Class<?>> above = new ArrayList<>(List.of(type.getInterfaces()));
        if (type.getSuperclass() != null) {
            above.add(type.getSuperclass());
        }
        above.forEach(parent -> ancestor(parent.getName().replace('.', '/')));
    }
}
