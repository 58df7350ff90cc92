package dev.penstock.core.model;

import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fleet at one moment. Immutable; any thread may read it. Endpoints are kept in chunks, so that the next fleet
 * shares all chunks in which nothing changed.
 */
public final class Fleet implements Snapshot {

    /** Endpoints in a chunk. */
    public static final int CHUNK = 64;

    /** Nothing known yet. */
    public static final Fleet EMPTY = new Fleet(0, new TreeMap<>(), new PodView[0][]);

    private final long version;
    private final SortedMap<String, ModelView> models;
    private final @Nullable PodView[][] chunks;

    /**
     * Takes over what it is given.
     *
     * @param version grows from fleet to fleet
     * @param models by name; not to be changed afterwards
     * @param chunks endpoints by slot, {@link #CHUNK} in each; null in a free slot; not to be changed afterwards
     */
    public Fleet(long version, SortedMap<String, ModelView> models, @Nullable PodView[][] chunks) {
        this.version = version;
        this.models = models;
        this.chunks = chunks;
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public @Nullable ModelView model(String name) {
        return models.get(name);
    }

    @Override
    public Collection<ModelView> models() {
        return Collections.unmodifiableCollection(models.values());
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
