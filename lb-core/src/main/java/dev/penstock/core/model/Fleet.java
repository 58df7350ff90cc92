package dev.penstock.core.model;

import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fleet at one moment. Immutable; any thread may read it. Endpoints are kept in chunks and models in bins, so that
 * the next fleet shares all of them in which nothing changed.
 */
public final class Fleet implements Snapshot {

    /** Endpoints in a chunk. */
    public static final int CHUNK = 64;

    /** Nothing known yet. */
    public static final Fleet EMPTY = new Fleet(0, ModelIndex.EMPTY, new PodView[0][]);

    private final long version;
    private final ModelIndex models;
    private final @Nullable PodView[][] chunks;
    // Made when somebody asks. Whoever finds none makes one of its own; they are all the same, and immutable.
    private @Nullable List<Model> ordered;

    /**
     * Takes over what it is given.
     *
     * @param version grows from fleet to fleet
     * @param models by name
     * @param chunks endpoints by slot, {@link #CHUNK} in each; null in a free slot; not to be changed afterwards
     */
    public Fleet(long version, ModelIndex models, @Nullable PodView[][] chunks) {
        this.version = version;
        this.models = models;
        this.chunks = chunks;
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public @Nullable Model model(String name) {
        return models.get(name);
    }

    @Override
    public List<Model> models() {
        List<Model> made = ordered;
        if (made == null) {
            made = models.inOrder();
            ordered = made;
        }
        return made;
    }

    /** How many models there are. */
    public int modelCount() {
        return models.size();
    }

    /** The models, for the fleet after this one. */
    public ModelIndex index() {
        return models;
    }

    @Override
    public @Nullable PodView endpoint(int slot) {
        if (slot < 0) {
            return null;
        }
        int chunk = slot / CHUNK;
        return chunk < chunks.length ? chunks[chunk][slot % CHUNK] : null;
    }

    @Override
    public int slots() {
        return chunks.length * CHUNK;
    }
}
