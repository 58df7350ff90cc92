package dev.penstock.cache.scrape;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The numbers of one page, series of a family put together, for the endpoint and by model. Confined to the thread that
 * reads the page.
 */
final class PageCells {

    /** Most models that are told apart; series of further ones count for the endpoint only. */
    static final int MOST_MODELS = 16;

    // What no number can be made of: adding to it changes nothing, and what is derived from it is not finite.
    private static final double SPOILED = Double.POSITIVE_INFINITY;
    private static final byte[] UNDEFINED = "undefined".getBytes(StandardCharsets.US_ASCII);

    private final EngineMapping mapping;
    /** The first row is that of series without a model. */
    private final double[][] rows = new double[MOST_MODELS + 1][];
    private final byte[][] names = new byte[MOST_MODELS + 1][];
    private final double[] bounds;
    private int models;
    private int lastRow;
    private int lastBucket;

    PageCells(EngineMapping mapping) {
        this.mapping = mapping;
        rows[0] = new double[mapping.cells()];
        names[0] = new byte[0];
        bounds = new double[mapping.cells()];
        clear();
    }

    EngineMapping mapping() {
        return mapping;
    }

    /** Forgets the page. */
    void clear() {
        Arrays.fill(rows[0], Double.NaN);
        Arrays.fill(bounds, Double.NaN);
        models = 0;
        lastRow = 0;
    }

    // ---- what the page says

    /** The row of a model, by its name on the page. */
    int row(byte[] bytes, int from, int to) {
        if (lastRow > 0 && Arrays.equals(names[lastRow], 0, names[lastRow].length, bytes, from, to)) {
            return lastRow;
        }
        if (from == to || Arrays.equals(UNDEFINED, 0, UNDEFINED.length, bytes, from, to)) {
            return 0;
        }
        for (int row = 1; row <= models; row++) {
            if (Arrays.equals(names[row], 0, names[row].length, bytes, from, to)) {
                lastRow = row;
                return row;
            }
        }
        if (models == MOST_MODELS) {
            return 0;
        }
        models++;
        names[models] = Arrays.copyOfRange(bytes, from, to);
        if (rows[models] == null) {
            rows[models] = new double[mapping.cells()];
        }
        Arrays.fill(rows[models], Double.NaN);
        lastRow = models;
        return models;
    }

    void add(int row, int cell, double value) {
        add(rows[row], cell, Double.isFinite(value) ? value : SPOILED);
    }

    void addToMean(int row, Family family, double value) {
        add(row, family.sum(), value);
        add(row, family.count(), 1);
    }

    void addBucket(int row, Family family, double bound, double value) {
        int first = family.buckets();
        if (bounds[first] == Double.NEGATIVE_INFINITY) {
            return;
        }
        int at = lastBucket >= first && lastBucket < first + Family.MOST_BUCKETS - 1 ? lastBucket + 1 : first;
        if (bounds[at] != bound) {
            at = first;
            while (at < first + Family.MOST_BUCKETS && bounds[at] < bound) {
                at++;
            }
            if (at == first + Family.MOST_BUCKETS || (!Double.isNaN(bounds[at]) && bounds[at] != bound)) {
                // Too many, or not in order: no percentile is made of it, whatever else comes.
                bounds[first] = Double.NEGATIVE_INFINITY;
                return;
            }
            bounds[at] = bound;
        }
        lastBucket = at;
        add(row, at, value);
    }

    /** Takes numbers of labels; all or none. */
    void addNumbers(int row, Family family, double[] numbers) {
        double product = 1;
        for (int i = 0; i < family.labels().size(); i++) {
            product *= numbers[i];
        }
        if (Double.isFinite(product)) {
            for (int i = 0; i < family.labels().size(); i++) {
                add(row, family.cell() + i, numbers[i]);
            }
            add(row, family.last(), product);
        }
    }

    /** Takes numbers of labels where they are later than those that are there. */
    void replaceNumbers(int row, Family family, double[] numbers, double stamp) {
        replace(rows[row], family, numbers, 0, stamp);
    }

    private static void replace(double[] cells, Family family, double[] from, int at, double stamp) {
        // NaN compares as false: the first one is taken.
        if (!(cells[family.last()] >= stamp)) {
            System.arraycopy(from, at, cells, family.cell(), family.labels().size());
            cells[family.last()] = stamp;
        }
    }

    private static void add(double[] cells, int cell, double value) {
        cells[cell] = Double.isNaN(cells[cell]) ? value : cells[cell] + value;
    }

    // ---- what comes out of it

    /** How many models it tells apart. */
    int models() {
        return models;
    }

    /** Name of a model, from 1. */
    String model(int row) {
        return new String(names[row], StandardCharsets.UTF_8);
    }

    /** Numbers of a model, from 1; those of series without a model are 0. */
    double[] cells(int row) {
        return rows[row];
    }

    /** Upper bounds of buckets, in the cells of the buckets. */
    double[] bounds() {
        return bounds;
    }

    /** Puts all rows together. */
    void total(double[] into) {
        System.arraycopy(rows[0], 0, into, 0, into.length);
        for (int row = 1; row <= models; row++) {
            merge(row, into);
        }
    }

    /** Puts a row on top of others. */
    void merge(int row, double[] into) {
        double[] from = rows[row];
        for (Family family : mapping.families()) {
            if (family.kind() == Family.Kind.LABEL_LISTS) {
                if (!Double.isNaN(from[family.last()])) {
                    replace(into, family, from, family.cell(), from[family.last()]);
                }
                continue;
            }
            for (int cell = family.cell(); cell < family.cell() + family.cells(); cell++) {
                if (!Double.isNaN(from[cell])) {
                    add(into, cell, from[cell]);
                }
            }
        }
    }
}
