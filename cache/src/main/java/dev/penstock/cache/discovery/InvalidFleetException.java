package dev.penstock.cache.discovery;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A source cannot say, at the start, which fleet there is. Names everything that is wrong, not only the first. */
public final class InvalidFleetException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<FileError> errors;

    /** One error at least. */
    public InvalidFleetException(List<FileError> errors) {
        super(errors.stream().map(FileError::toString).collect(Collectors.joining("\n")), null, false, false);
        this.errors = List.copyOf(errors);
    }

    /** All errors. */
    public List<FileError> errors() {
        return errors;
    }
}
