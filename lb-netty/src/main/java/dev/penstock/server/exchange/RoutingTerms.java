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
     */
    record Agreed(StrategyExpression strategy, @Nullable CandidateRules rules, @Nullable ModelRate rate,
            @Nullable String profile) implements RoutingTerms {

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

        String wanted = locked(model);
        String text = wanted != null ? wanted : strategy(heard ? head : null, model, profile, settings);
        StrategyExpression parsed = strategies.parse(text);
        if (parsed == null) {
            return new Refused(Refusal.of(ErrorCode.UNKNOWN_STRATEGY, "incorrect routing strategy " + text));
        }
        String selector = heard ? head.header(HeaderNames.EXTERNAL_FILTER) : null;
        LabelSelector filter = selector == null ? null : LabelSelector.parse(selector);
        if (selector != null && filter == null) {
            return new Refused(Refusal.of(ErrorCode.INVALID_FILTER));
        }
        return profile == null ? new Agreed(parsed, CandidateRules.of(filter, 0), null, null)
                : new Agreed(parsed, CandidateRules.of(filter, profile.limits().inFlight()),
                        profile.limits().rate(model.ready().size()), auto ? profile.name() : null);
    }

    private static @Nullable String locked(Model model) {
        ConfigProfiles document = model.profiles();
        return document == null || document.lockedRoutingStrategy() == null ? model.lockedStrategy()
                : document.lockedRoutingStrategy();
    }

    private static String strategy(@Nullable RequestHead head, Model model, @Nullable Profile profile,
            LiveSettings settings) {
        String asked = head == null ? null : head.header(HeaderNames.ROUTING_STRATEGY);
        if (asked != null && !asked.isBlank()) {
            return asked.trim();
        }
        String own = profile == null || profile.strategy() == null ? model.strategy() : profile.strategy();
        return own == null ? settings.strategy() : own;
    }
}
