package dev.penstock.server.admin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is still missing before requests may come. Any thread. */
public final class Readiness {

    private final List<String> missing = new CopyOnWriteArrayList<>();

    /** Not ready for these reasons. */
    public Readiness(Collection<String> reasons) {
        missing.addAll(reasons);
    }

    /** A reason has gone. */
    public void done(String reason) {
        missing.remove(reason);
    }

    /** Not ready any more, or for another reason. */
    public void notBecause(String reason) {
        missing.add(reason);
    }

    /** The reasons that are left; none means ready. */
    public List<String> missing() {
        return new ArrayList<>(missing);
    }
}
