package dev.penstock.core.config;

import java.io.Serial;
import java.util.List;

/** Settings that cannot hold; names everything that is wrong, not only the first. */
public final class InvalidSettingsException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> errors;

    /** One sentence for each error, with file and line where they are known. */
    public InvalidSettingsException(List<String> errors) {
        super(String.join("; ", errors), null, false, false);
        this.errors = List.copyOf(errors);
    }

    /** One sentence for each error. */
    public List<String> errors() {
        return errors;
    }
}
