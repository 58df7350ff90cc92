/** Embedding Penstock: the builder, and the one class that wires the parts together. */
@NullMarked
package dev.penstock.server;

import org.jspecify.annotations.NullMarked;
