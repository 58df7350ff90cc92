package dev.penstock.routers.pd;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The policies of requests whose profile says something of them. Confined to one thread. */
final class ProfilePolicies {

    private static final String PREFILL = "prefillScorePolicy";
    private static final String DECODE = "decodeScorePolicy";
    // Profiles are few; a fleet that changes its profiles for weeks must not fill the memory.
    private static final int MOST = 256;

    private final Policies standard;
    private final Map<String, Told> byText = new HashMap<>();

    /**
     * What a profile says.
     *
     * @param policies what holds
     * @param unknownWord whether it names a policy that nobody knows, so that the one of the settings holds
     */
    record Told(Policies policies, boolean unknownWord) {}

    private final Told nothing;

    /** For settings that hold where a profile says nothing. */
    ProfilePolicies(Policies standard) {
        this.standard = standard;
        nothing = new Told(standard, false);
    }

    /** What holds for a request whose profile says this to its strategy. */
    Told of(@Nullable String routingConfig) {
        if (routingConfig == null) {
            return nothing;
        }
        Told known = byText.get(routingConfig);
        if (known != null) {
            return known;
        }
        if (byText.size() >= MOST) {
            byText.clear();
        }
        Told read = read(JsonText.object(routingConfig));
        byText.put(routingConfig, read);
        return read;
    }

    private Told read(Map<String, ?> config) {
        String prefillWord = config.get(PREFILL) instanceof String text ? text : "";
        String decodeWord = config.get(DECODE) instanceof String text ? text : "";
        PrefillPolicy prefill = PrefillPolicy.of(prefillWord);
        DecodePolicy decode = DecodePolicy.of(decodeWord);
        boolean unknown = (prefill == null && !prefillWord.isEmpty()) || (decode == null && !decodeWord.isEmpty());
        return new Told(new Policies(prefill == null ? standard.prefill() : prefill,
                decode == null ? standard.decode() : decode), unknown);
    }
}
