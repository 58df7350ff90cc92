import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attribute;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.AnnotationDefaultAttribute;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.lang.classfile.attribute.EnclosingMethodAttribute;
import java.lang.classfile.attribute.ExceptionsAttribute;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.RecordAttribute;
import java.lang.classfile.attribute.RuntimeVisibleAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeVisibleParameterAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.classfile.attribute.StackMapFrameInfo.ObjectVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.VerificationTypeInfo;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.ConstantDynamicEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.ConstantInstruction.LoadConstantInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a class, or one of its methods, says of others: instructions, and what reflection and the verifier read. */
final class References {
    private static final Pattern TYPE = Pattern.compile("L([^;<.:>]+)");
    private static final Pattern ARGUMENTS = Pattern.compile("<[^<>]*>");

    private final Sink sink;

    /** Told of each reference; names are as in class files, with slashes. */
    interface Sink {
        /** A type that has to be there. */
        void type(String name);

        /** A class as a value: it may be instantiated by reflection. */
        void literal(String name);

        /** A method that is called, or to which a handle is made. */
        void method(String owner, String name, String descriptor);

        /** A string. */
        void text(String text);
    }

    References(Sink sink) {
        this.sink = sink;
    }

    /** All of a class but its methods. */
    void ofClass(ClassModel model) {
        model.superclass().ifPresent(this::type);
        model.interfaces().forEach(this::type);
        attributes(model);
        for (Attribute<?> attribute : model.attributes()) {
            switch (attribute) {
                case NestHostAttribute host -> type(host.nestHost());
                case EnclosingMethodAttribute enclosing -> {
                    type(enclosing.enclosingClass());
                    // Asked for when the type variables of a local class are resolved.
                    enclosing.enclosingMethod().ifPresent(method -> sink.method(
                            enclosing.enclosingClass().asInternalName(), method.name().stringValue(),
                            method.type().stringValue()));
                }
                case InnerClassesAttribute inner -> inner.classes().stream()
                        .filter(info -> info.innerClass().equals(model.thisClass()))
                        .forEach(info -> info.outerClass().ifPresent(this::type));
                case RecordAttribute components -> components.components().forEach(component -> {
                    descriptor(component.descriptor().stringValue());
                    attributes(component);
                });
                default -> {}
            }
        }
        for (FieldModel field : model.fields()) {
            descriptor(field.fieldType().stringValue());
            attributes(field);
        }
    }

    /** One method: how it is declared, and its code. */
    void ofMethod(MethodModel method) {
        ofDeclaration(method);
        method.code().ifPresent(this::code);
    }

    /** One method: how it is declared. */
    void ofDeclaration(MethodModel method) {
        descriptor(method.methodType().stringValue());
        attributes(method);
        for (Attribute<?> attribute : method.attributes()) {
            switch (attribute) {
                case ExceptionsAttribute exceptions -> exceptions.exceptions().forEach(this::type);
                case AnnotationDefaultAttribute value -> value(value.defaultValue());
                case RuntimeVisibleParameterAnnotationsAttribute all ->
                        all.parameterAnnotations().forEach(this::annotations);
                default -> {}
            }
        }
    }

    private void attributes(AttributedElement element) {
        for (Attribute<?> attribute : element.attributes()) {
            switch (attribute) {
                case SignatureAttribute signature -> signature(signature.signature().stringValue());
                case RuntimeVisibleAnnotationsAttribute all -> annotations(all.annotations());
                case RuntimeVisibleTypeAnnotationsAttribute all ->
                        all.annotations().forEach(annotation -> annotations(List.of(annotation.annotation())));
                case ConstantValueAttribute constant when constant.constant() instanceof StringEntry text ->
                        sink.text(text.stringValue());
                default -> {}
            }
        }
    }

    private void code(CodeModel code) {
        for (CodeElement element : code) {
            switch (element) {
                case FieldInstruction field -> {
                    type(field.owner());
                    descriptor(field.type().stringValue());
                }
                case InvokeInstruction call -> {
                    type(call.owner());
                    descriptor(call.type().stringValue());
                    sink.method(call.owner().asInternalName(), call.name().stringValue(), call.type().stringValue());
                }
                case InvokeDynamicInstruction call -> {
                    descriptor(call.type().stringValue());
                    constant(call.invokedynamic().bootstrap().bootstrapMethod());
                    call.invokedynamic().bootstrap().arguments().forEach(this::constant);
                }
                case NewObjectInstruction made -> type(made.className());
                case NewReferenceArrayInstruction made -> type(made.componentType());
                case NewMultiArrayInstruction made -> type(made.arrayType());
                case TypeCheckInstruction check -> type(check.type());
                case LoadConstantInstruction loaded -> constant(loaded.constantEntry());
                case ExceptionCatch handler -> handler.catchType().ifPresent(this::type);
                default -> {}
            }
        }
        code.findAttribute(Attributes.stackMapTable()).ifPresent(this::frames);
    }

    /** The verifier loads the classes between which it has to decide. */
    private void frames(StackMapTableAttribute table) {
        table.entries().forEach(frame -> {
            frame.locals().forEach(this::verified);
            frame.stack().forEach(this::verified);
        });
    }

    private void verified(VerificationTypeInfo info) {
        if (info instanceof ObjectVerificationTypeInfo object) {
            type(object.className());
        }
    }

    private void constant(LoadableConstantEntry constant) {
        switch (constant) {
            case ClassEntry type -> literal(type);
            case StringEntry text -> sink.text(text.stringValue());
            case MethodTypeEntry type -> descriptor(type.descriptor().stringValue());
            case MethodHandleEntry handle -> {
                type(handle.reference().owner());
                descriptor(handle.reference().type().stringValue());
                sink.method(handle.reference().owner().asInternalName(), handle.reference().name().stringValue(),
                        handle.reference().type().stringValue());
            }
            case ConstantDynamicEntry dynamic -> {
                descriptor(dynamic.type().stringValue());
                constant(dynamic.bootstrap().bootstrapMethod());
                dynamic.bootstrap().arguments().forEach(this::constant);
            }
            default -> {}
        }
    }

    private void annotations(List<Annotation> annotations) {
        for (Annotation annotation : annotations) {
            descriptor(annotation.className().stringValue());
            for (AnnotationElement element : annotation.elements()) {
                value(element.value());
            }
        }
    }

    private void value(AnnotationValue value) {
        switch (value) {
            case AnnotationValue.OfClass type -> {
                descriptor(type.className().stringValue());
                Matcher name = TYPE.matcher(type.className().stringValue());
                if (name.find()) {
                    sink.literal(name.group(1));
                }
            }
            case AnnotationValue.OfEnum constant -> descriptor(constant.className().stringValue());
            case AnnotationValue.OfAnnotation nested -> annotations(List.of(nested.annotation()));
            case AnnotationValue.OfArray array -> array.values().forEach(this::value);
            case AnnotationValue.OfString text -> sink.text(text.stringValue());
            default -> {}
        }
    }

    private void type(ClassEntry entry) {
        name(entry.asInternalName(), false);
    }

    private void literal(ClassEntry entry) {
        name(entry.asInternalName(), true);
    }

    private void name(String name, boolean literal) {
        if (name.startsWith("[")) {
            descriptor(name);
        } else if (literal) {
            sink.literal(name);
        } else {
            sink.type(name);
        }
    }

    /** The types in a descriptor or a signature. A name of a type variable may look like one: harmless. */
    private void descriptor(String descriptor) {
        Matcher types = TYPE.matcher(descriptor);
        while (types.find()) {
            sink.type(types.group(1));
        }
    }

    private void signature(String signature) {
        descriptor(signature);
        // Inner classes of generic ones: their names come after the arguments of the outer.
        String bare = signature;
        for (String next = shorter(bare); !next.equals(bare); next = shorter(bare)) {
            bare = next;
            descriptor(bare.replace('.', '$'));
        }
    }

    private static String shorter(String signature) {
        return ARGUMENTS.matcher(signature).replaceAll("");
    }
}
