package dev.penstock.bench.jmh;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the result of a benchmark is divided by: another one, with the same parameters where both have them. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Yardstick {

    /** {@code Class.method}. */
    String value();
}
