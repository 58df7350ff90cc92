/** The fleet: what its sources tell, who holds which slot, and the immutable snapshots made of it by one writer. */
@NullMarked
package dev.penstock.cache.snapshot;

import org.jspecify.annotations.NullMarked;
