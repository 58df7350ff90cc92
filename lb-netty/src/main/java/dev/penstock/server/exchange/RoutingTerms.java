package dev.penstock.server.exchange;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.engine.CandidateRules;
import dev.penstock.core.engine.LabelSelector;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.core.model.ConfigProfiles.Profile;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelRate;
import dev.penstock.spi.ErrorCode;
import org.jspecify.annotations.Nullable;

/** By what a request is routed: the model's word, the client's headers and the settings, in this order. */
sealed interface RoutingTerms {

    /**
     * The request can be routed.
     *
     * @param strategy how to choose
     * @param rules which endpoints may be chosen, or null for all
     * @param rate how often the model may be asked, or null for as often as one likes
     * @param profile name of the profile that was chosen in the client's place, or null where it was not
     * @param asked name of the profile that the client asked for, or null where it did not, or let it be chosen
     * @param routingConfig what the profile that holds says to its strategy, as JSON, or null
     */
    record Agreed(StrategyExpression strategy, @Nullable CandidateRules rules, @Nullable ModelRate rate,
            @Nullable String profile, @Nullable String asked, @Nullable String routingConfig)
            implements RoutingTerms {

        /** The profile that the request names, itself or by its size; null where it names none. */
        @Nullable String named() {
            return profile == null ? asked : profile;
        }

        /** The most requests in flight at the endpoint that is chosen; 0 for any number. */
        int mostInFlight() {
            return rules == null ? 0 : rules.mostInFlight();
        }
    }

    /**
     * It cannot.
     *
     * @param refusal what the client is told
     */
    record Refused(Refusal refusal) implements RoutingTerms {}

    /**
     * The terms of a request for a model that is served.
     *
     * @param maxTokens most tokens to generate, or -1
     */
    static RoutingTerms of(Exchange exchange, Model model, long maxTokens) {
        return of(exchange.head(), model, exchange.intake().promptTokens(), maxTokens, exchange.settings(),
                exchange.loop().proxy().context().strategies());
    }

    /**
     * The same of a request that is only asked about.
     *
     * @param promptTokens tokens of the prompt, roughly; -1 where nothing is routed by its text
     * @param maxTokens most tokens to generate, or -1
     */
    static RoutingTerms of(RequestHead head, Model model, long promptTokens, long maxTokens, LiveSettings settings,
            StrategyCatalog strategies) {
        ConfigProfiles document = model.profiles();
        boolean heard = document == null || !document.overridesDisabled();
        String asked = document == null || !heard ? null : head.header(HeaderNames.CONFIG_PROFILE);
        boolean auto = ConfigProfiles.isAuto(asked);
        Profile profile = document == null ? null
                : auto ? document.bySize(promptTokens, maxTokens) : document.named(asked);

        String locked = locked(model);
        String text = locked != null ? locked : strategy(heard ? head : null, model, profile);
        StrategyExpression parsed = text == null ? strategies.orFallback(settings.strategy()) : strategies.parse(text);
        if (parsed == null) {
            return new Refused(Refusal.of(ErrorCode.UNKNOWN_STRATEGY, "incorrect routing strategy " + text));
        }
        String selector = heard ? head.header(HeaderNames.EXTERNAL_FILTER) : null;
        LabelSelector filter = selector == null ? null : LabelSelector.parse(selector);
        if (selector != null && filter == null) {
            return new Refused(Refusal.of(ErrorCode.INVALID_FILTER));
        }
        String named = auto || asked == null ? null : asked.trim();
        return profile == null ? new Agreed(parsed, CandidateRules.of(filter, 0), null, null, named, null)
                : new Agreed(parsed, CandidateRules.of(filter, profile.limits().inFlight()),
                        profile.limits().rate(model.ready().size()), auto ? profile.name() : null, named,
                        profile.rawRoutingConfig());
    }

    private static @Nullable String locked(Model model) {
        ConfigProfiles document = model.profiles();
        return document == null || document.lockedRoutingStrategy() == null ? model.lockedStrategy()
                : document.lockedRoutingStrategy();
    }

    /** The strategy that somebody names for this request or model; null for that of the settings. */
    private static @Nullable String strategy(@Nullable RequestHead head, Model model, @Nullable Profile profile) {
        String asked = head == null ? null : head.header(HeaderNames.ROUTING_STRATEGY);
        if (asked != null && !asked.isBlank()) {
            return asked.trim();
        }
        return profile == null || profile.strategy() == null ? model.strategy() : profile.strategy();
    }
}
