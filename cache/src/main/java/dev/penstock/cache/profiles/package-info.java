/** Config profiles: what pods and files say of the requests of a model. */
@NullMarked
package dev.penstock.cache.profiles;

import org.jspecify.annotations.NullMarked;
