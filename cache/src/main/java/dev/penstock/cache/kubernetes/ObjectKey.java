package dev.penstock.cache.kubernetes;

/**
 * Where an object is found.
 *
 * @param namespace its namespace
 * @param name its name
 */
record ObjectKey(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
