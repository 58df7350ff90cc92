/**
 * Certificates, keys and what is made of them: the traffic port's context and those of pools of endpoints, each made
 * anew when its files change.
 *
 * <p>Files are read by {@code lb-admin}; event loops only take handlers from contexts that are there. A context is
 * counted: it goes when it has been replaced and its last connection has ended.
 */
@NullMarked
package dev.penstock.server.tls;

import org.jspecify.annotations.NullMarked;
