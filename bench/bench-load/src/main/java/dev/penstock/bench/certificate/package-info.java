/** Certificates made at run time, for loopback only. */
@NullMarked
package dev.penstock.bench.certificate;

import org.jspecify.annotations.NullMarked;
