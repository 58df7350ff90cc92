package dev.penstock.routers.slo;

import dev.penstock.spi.RoutingRequest;

/** How urgent a request is, most urgent first. */
enum PriorityClass {
    /** For the operator's own. */
    SYSTEM(0, "reserved-system"),
    /** Somebody watches the answer. */
    INTERACTIVE(1, "reserved-interactive"),
    /** What says nothing. */
    DEFAULT(2, "reserved-default"),
    /** Whenever there is room. */
    BULK(3, "reserved-bulk");

    private static final PriorityClass[] ALL = values();
    private static final int DEFAULT_PRIORITY = 0;

    /** How many there are. */
    static final int COUNT = ALL.length;

    private final int number;
    private final String reservedSetting;

    PriorityClass(int number, String reservedSetting) {
        this.number = number;
        this.reservedSetting = reservedSetting;
    }

    /** Its place in the order, 0 for the most urgent one. */
    int number() {
        return number;
    }

    /** Name of the setting for its reserved share. */
    String reservedSetting() {
        return reservedSetting;
    }

    /** The class of a number. */
    static PriorityClass at(int number) {
        return ALL[number];
    }

    /**
     * The class of a priority, as {@link RoutingRequest#priority} has it.
     *
     * @param most the highest priority that is heeded; more counts as this one
     */
    static PriorityClass of(int priority, long most) {
        long heeded = Math.min(priority, most);
        return heeded > 1 ? SYSTEM : heeded > DEFAULT_PRIORITY ? INTERACTIVE : heeded < DEFAULT_PRIORITY ? BULK
                : DEFAULT;
    }
}
