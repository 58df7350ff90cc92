package dev.penstock.core.engine;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;

/** What a router said. */
sealed interface RouterAnswer {

    record Selected(Plan plan) implements RouterAnswer {}

    record Abstained(String reason) implements RouterAnswer {}

    record Failed(ErrorCode error) implements RouterAnswer {}

    /** Null, or nothing that could be carried out. */
    record Invalid() implements RouterAnswer {}
}
