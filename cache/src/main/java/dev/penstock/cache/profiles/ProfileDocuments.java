package dev.penstock.cache.profiles;

import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of pods say, each text read once: the pods of a deployment all have the same. Confined to
 * {@code lb-cache}.
 */
public final class ProfileDocuments {

    private static final Logger LOG = System.getLogger(ProfileDocuments.class.getName());
    private static final int MOST = 1_024;

    private final Map<String, ProfileReader.Result> read = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ProfileReader.Result> eldest) {
            return size() > MOST;
        }
    };

    /**
     * What is configured of the requests of a model.
     *
     * @param endpoints those that serve it: the first one with a valid document says it for all
     * @return null where none has a valid one
     */
    public @Nullable ConfigProfiles of(Candidates endpoints) {
        for (int i = 0; i < endpoints.size(); i++) {
            PodView endpoint = endpoints.get(i);
            String text = endpoint.annotations().get(ProfileReader.ANNOTATION);
            if (text != null && read(text, endpoint) instanceof ProfileReader.Read(ConfigProfiles profiles)) {
                return profiles;
            }
        }
        return null;
    }

    private ProfileReader.Result read(String text, PodView endpoint) {
        ProfileReader.Result known = read.get(text);
        if (known != null) {
            return known;
        }
        ProfileReader.Result result = ProfileReader.read(text);
        if (result instanceof ProfileReader.Refused(String reason)) {
            LOG.log(Level.WARNING, "{0}/{1}: annotation {2} does not count: {3}", endpoint.namespace(),
                    endpoint.name(), ProfileReader.ANNOTATION, reason);
        }
        read.put(text, result);
        return result;
    }
}
