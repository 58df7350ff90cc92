import java.lang.classfile.Attributes;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileElement;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.FieldTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.attribute.PermittedSubclassesAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleParameterAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.function.Predicate;

/** A class file, and what may be taken out of it. */
final class SlimClass {
    /** A pool of constants made anew, or the names would stay in it. */
    private static final ClassFile FORMAT = ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL,
            ClassFile.StackMapsOption.DROP_STACK_MAPS, ClassFile.DeadCodeOption.KEEP_DEAD_CODE);
    private static final ClassDesc UNSUPPORTED = ClassDesc.of("java.lang.UnsupportedOperationException");
    private static final CodeTransform WITHOUT_VARIABLES = (builder, element) -> {
        switch (element) {
            case LocalVariable variable -> {}
            case LocalVariableType type -> {}
            // Given at the end, as the compiler made it.
            case StackMapTableAttribute frames -> {}
            default -> builder.with(element);
        }
    };
    private static final MethodTransform SLIM = (builder, element) -> {
        if (element instanceof CodeModel code) {
            builder.transformCode(code, WITHOUT_VARIABLES.andThen(CodeTransform.endHandler(
                    end -> code.findAttribute(Attributes.stackMapTable()).ifPresent(end::with))));
        } else {
            builder.with(element);
        }
    };

    private static final MethodTransform WITHOUT_INVISIBLE = MethodTransform.dropping(SlimClass::invisible);

    private final byte[] bytes;
    private final ClassModel model;

    SlimClass(byte[] bytes) {
        this.bytes = bytes;
        model = FORMAT.parse(bytes);
    }

    /** With slashes. */
    String name() {
        return model.thisClass().asInternalName();
    }

    /** The class again; where its code had no variables, as it was. */
    byte[] withoutVariables() {
        byte[] slim = transformed(model, ClassTransform.transformingMethods(SLIM));
        return slim.length < bytes.length ? slim : bytes;
    }

    /**
     * The class without its other methods, and without a word of other classes.
     *
     * @param read the same class, as it was read for the question
     * @param never the methods that say so when they are called
     */
    byte[] reduced(ClassModel read, Predicate<MethodModel> methods, Predicate<MethodModel> never,
            Predicate<String> classes) {
        return transformed(read, (builder, element) -> {
            if (element instanceof MethodModel method) {
                if (methods.test(method)) {
                    builder.transformMethod(method, WITHOUT_INVISIBLE.andThen(
                            never.test(method) ? refusing(method) : SLIM));
                }
            } else if (element instanceof FieldModel field) {
                builder.transformField(field, FieldTransform.dropping(SlimClass::invisible));
            } else {
                ClassElement left = without(element, classes);
                if (left != null) {
                    builder.with(left);
                }
            }
        });
    }

    private MethodTransform refusing(MethodModel method) {
        String message = "left out of the image: " + name().replace('/', '.') + "." + method.methodName().stringValue();
        return (builder, element) -> {
            if (element instanceof CodeModel) {
                builder.withCode(code -> code.new_(UNSUPPORTED).dup().loadConstant(message)
                        .invokespecial(UNSUPPORTED, ConstantDescs.INIT_NAME,
                                MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String)).athrow());
            } else {
                builder.with(element);
            }
        };
    }

    private byte[] transformed(ClassModel from, ClassTransform transform) {
        try {
            return FORMAT.transformClass(from, transform);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name(), e);
        }
    }

    /** These lists are read by reflection and by the Java machine, which do not bear with a name that is not there. */
    private static ClassElement without(ClassElement element, Predicate<String> classes) {
        return switch (element) {
            case InnerClassesAttribute all -> {
                List<InnerClassInfo> left = all.classes().stream()
                        .filter(info -> there(info.innerClass(), classes)).toList();
                yield left.isEmpty() ? null : InnerClassesAttribute.of(left);
            }
            case NestMembersAttribute all -> {
                List<ClassEntry> left = all.nestMembers().stream().filter(entry -> there(entry, classes)).toList();
                yield left.isEmpty() ? null : NestMembersAttribute.of(left);
            }
            case PermittedSubclassesAttribute all -> PermittedSubclassesAttribute.of(
                    all.permittedSubclasses().stream().filter(entry -> there(entry, classes)).toList());
            default -> invisible(element) ? null : element;
        };
    }

    /** Annotations that nothing in a running program sees. */
    private static boolean invisible(ClassFileElement element) {
        return element instanceof RuntimeInvisibleAnnotationsAttribute
                || element instanceof RuntimeInvisibleParameterAnnotationsAttribute
                || element instanceof RuntimeInvisibleTypeAnnotationsAttribute;
    }

    private static boolean there(ClassEntry entry, Predicate<String> classes) {
        return classes.test(entry.asInternalName());
    }
}
