package dev.penstock.bench.proxy.load;

/** What a client speaks to a proxy. */
public enum Wire {
    /** HTTP/1.1. */
    PLAIN("http"),
    /** HTTP/1.1 over TLS 1.3. */
    TLS("tls"),
    /** HTTP/2 without TLS, known beforehand. */
    H2C("h2");

    private final String id;

    Wire(String id) {
        this.id = id;
    }

    /** What configurations call it. */
    public String id() {
        return id;
    }
}
