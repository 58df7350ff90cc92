package dev.penstock.core.model;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model's configuration says of its requests: profiles that clients choose from by name, or have chosen for them
 * by the size of the request. Immutable; any thread.
 *
 * @param lockedRoutingStrategy the strategy that holds whatever clients ask for and whichever profile holds, or null
 * @param overridesDisabled whether the headers by which clients choose strategy, profile and endpoints do not count
 * @param defaultProfile name of the profile of requests that name none that there is, or null for {@code default}
 * @param profiles the profiles, those that are chosen by size first
 */
public record ConfigProfiles(@Nullable String lockedRoutingStrategy, boolean overridesDisabled,
        @Nullable String defaultProfile, List<Profile> profiles) {

    private static final String DEFAULT = "default";
    private static final String AUTO = "auto";
    /** The first one that holds for a request is the one that says most of it. */
    private static final Comparator<Profile> MOST_SPECIFIC_FIRST = Comparator
            .comparingInt((Profile profile) -> -profile.hints().count())
            .thenComparingLong(profile -> -profile.hints().leastPromptTokens())
            .thenComparingLong(profile -> profile.hints().promptTokensBelow())
            .thenComparingLong(profile -> -profile.hints().leastMaxTokens())
            .thenComparingLong(profile -> profile.hints().maxTokensBelow())
            .thenComparing(Profile::name);

    /** Puts the profiles into the order in which they are chosen by size. */
    public ConfigProfiles {
        profiles = profiles.stream().sorted(MOST_SPECIFIC_FIRST).toList();
    }

    /** Whether a client wants the profile to be chosen for it. */
    public static boolean isAuto(@Nullable String asked) {
        return asked != null && asked.trim().equalsIgnoreCase(AUTO);
    }

    /**
     * The profile of a name, else the one for requests that name none.
     *
     * @param asked the name, space around it ignored, or null
     * @return null where there is neither
     */
    public @Nullable Profile named(@Nullable String asked) {
        Profile found = asked == null ? null : exactly(asked.trim());
        return found != null ? found : exactly(defaultProfile == null ? DEFAULT : defaultProfile);
    }

    /**
     * The profile that says most of a request of this size, else the one for requests that name none.
     *
     * @param promptTokens tokens of the prompt, or -1 where they are not known
     * @param maxTokens most tokens to generate, or -1 where the request does not tell
     * @return null where there is neither
     */
    public @Nullable Profile bySize(long promptTokens, long maxTokens) {
        for (Profile profile : profiles) {
            if (profile.hints().hold(promptTokens, maxTokens)) {
                return profile;
            }
        }
        return named(null);
    }

    private @Nullable Profile exactly(String name) {
        for (Profile profile : profiles) {
            if (profile.name().equals(name)) {
                return profile;
            }
        }
        return null;
    }

    /**
     * A profile.
     *
     * @param name its name
     * @param routingStrategy the strategy of its requests where the client names none, or null
     * @param hints for which requests it is chosen by size
     * @param limits how many requests there may be
     * @param rawRoutingConfig what it says to its strategy, as JSON, or null
     */
    public record Profile(String name, @Nullable String routingStrategy, Hints hints, Limits limits,
            @Nullable String rawRoutingConfig) {

        private static final String EVEN = "least-request";

        /** The strategy of its requests where the client names none, or null. */
        public @Nullable String strategy() {
            // A limit for each replica holds only where requests are spread evenly.
            return limits.perSecondPerReplica() > 0 ? EVEN : routingStrategy;
        }
    }

    /**
     * For which requests a profile is chosen by size: those for which all hold.
     *
     * @param promptTokensGte fewest tokens of the prompt, or null
     * @param promptTokensLt more tokens than the prompt has, or null
     * @param maxTokensGte fewest tokens that may be generated, or null
     * @param maxTokensLt more tokens than may be generated, or null
     */
    public record Hints(@Nullable Long promptTokensGte, @Nullable Long promptTokensLt, @Nullable Long maxTokensGte,
            @Nullable Long maxTokensLt) {

        /** The profile is never chosen by size. */
        public static final Hints NONE = new Hints(null, null, null, null);

        int count() {
            return (promptTokensGte == null ? 0 : 1) + (promptTokensLt == null ? 0 : 1)
                    + (maxTokensGte == null ? 0 : 1) + (maxTokensLt == null ? 0 : 1);
        }

        long leastPromptTokens() {
            return promptTokensGte == null ? 0 : promptTokensGte;
        }

        long promptTokensBelow() {
            return promptTokensLt == null ? Long.MAX_VALUE : promptTokensLt;
        }

        long leastMaxTokens() {
            return maxTokensGte == null ? 0 : maxTokensGte;
        }

        long maxTokensBelow() {
            return maxTokensLt == null ? Long.MAX_VALUE : maxTokensLt;
        }

        boolean hold(long promptTokens, long maxTokens) {
            return count() > 0 && holds(promptTokensGte, promptTokensLt, promptTokens)
                    && holds(maxTokensGte, maxTokensLt, maxTokens);
        }

        private static boolean holds(@Nullable Long gte, @Nullable Long lt, long value) {
            return (gte == null && lt == null)
                    || (value >= 0 && (gte == null || value >= gte) && (lt == null || value < lt));
        }
    }

    /**
     * How many requests there may be; 0 for any number.
     *
     * @param perSecond requests of the model in a second
     * @param perSecondPerReplica requests of the model in a second, for each endpoint that is ready; holds before
     *     {@code perSecond}
     * @param inFlight requests in flight at one endpoint
     * @param inFlightTotal requests of the model in flight, over all endpoints
     */
    public record Limits(int perSecond, double perSecondPerReplica, int inFlight, int inFlightTotal) {

        /** Any number. */
        public static final Limits NONE = new Limits(0, 0, 0);

        /** As many in flight over all endpoints as one likes. */
        public Limits(int perSecond, double perSecondPerReplica, int inFlight) {
            this(perSecond, perSecondPerReplica, inFlight, 0);
        }

        /**
         * How often the model may be asked, and by how many at one time.
         *
         * @param replicas endpoints that are ready
         * @return null for as often as one likes, by any number
         */
        public @Nullable ModelRate rate(int replicas) {
            if (perSecondPerReplica > 0) {
                return ModelRate.perSecond(perSecondPerReplica * Math.max(1, replicas), inFlightTotal);
            }
            return perSecond > 0 || inFlightTotal > 0 ? new ModelRate(perSecond, 1, inFlightTotal) : null;
        }
    }
}
