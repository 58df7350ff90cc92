/** Settings: what they are called, what they mean, what they are, and who said so. */
@NullMarked
package dev.penstock.core.config;

import org.jspecify.annotations.NullMarked;
