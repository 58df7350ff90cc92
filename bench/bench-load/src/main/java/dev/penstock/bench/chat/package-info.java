/** {@code bench chat}: routing strategies side by side, over chats whose prompts begin alike. */
@NullMarked
package dev.penstock.bench.chat;

import org.jspecify.annotations.NullMarked;
