/** What makes tokens of prompts: tokenizers of this process, on threads of their own, and those of engines. */
@NullMarked
package dev.penstock.server.tokens;

import org.jspecify.annotations.NullMarked;
