package dev.penstock.core.port;

import dev.penstock.spi.GpuProfile;
import org.jspecify.annotations.Nullable;

/** The GPU profiles that are known now. Any thread; no lock, no object. */
public interface GpuProfiles {

    /** There are none. */
    GpuProfiles NONE = new GpuProfiles() {
        @Override
        public @Nullable GpuProfile find(String model, String group) {
            return null;
        }

        @Override
        public boolean tellLoadOf(String group) {
            return false;
        }
    };

    /**
     * The newest profile of a model on the pods of a group; null where there is none.
     *
     * @param model the name in the profile, nothing else stands for it
     */
    @Nullable GpuProfile find(String model, String group);

    /** Whether there is a profile that tells what requests consume of the pods of a group. */
    boolean tellLoadOf(String group);
}
