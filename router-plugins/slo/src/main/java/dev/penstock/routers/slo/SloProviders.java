package dev.penstock.routers.slo;

/** The strategies of this plugin, each of them a class because that is how they are found. */
public final class SloProviders {

    private SloProviders() {}

    /** Offers {@code slo}: the least loaded pod that has room (AIBrix). */
    public static final class Slo extends SloProvider {

        /** For who looks for providers. */
        public Slo() {
            super("slo", Placement.PULL);
        }
    }

    /** Offers {@code slo-least-load}: the least loaded pod, however loaded it is (AIBrix). */
    public static final class LeastLoad extends SloProvider {

        /** For who looks for providers. */
        public LeastLoad() {
            super("slo-least-load", Placement.PUSH);
        }
    }

    /** Offers {@code slo-least-load-pulling}: another name of {@code slo} (AIBrix). */
    public static final class LeastLoadPulling extends SloProvider {

        /** For who looks for providers. */
        public LeastLoadPulling() {
            super("slo-least-load-pulling", Placement.PULL);
        }
    }

    /** Offers {@code slo-pack-load}: the most loaded pod that has room (AIBrix). */
    public static final class PackLoad extends SloProvider {

        /** For who looks for providers. */
        public PackLoad() {
            super("slo-pack-load", Placement.PACK);
        }
    }
}
