/** The metadata service: models, pods and users over HTTP. Carries no traffic. */
@NullMarked
package dev.penstock.server.metadata;

import org.jspecify.annotations.NullMarked;
