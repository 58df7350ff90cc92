/** {@code /admin/explain}: what strategies would choose for a request, and why. On the thread of the admin port. */
@NullMarked
package dev.penstock.server.explain;

import org.jspecify.annotations.NullMarked;
