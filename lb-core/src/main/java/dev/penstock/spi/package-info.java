/**
 * What a router plugin sees of Penstock: the interfaces it implements, the interfaces it calls, and their values.
 *
 * <p>Nothing in here names a transport, a store or a thread. A plugin is single-threaded: every call to one router
 * instance happens after the one before it, whichever thread makes it.
 */
@NullMarked
package dev.penstock.spi;

import org.jspecify.annotations.NullMarked;
