package dev.penstock.cache.prometheus;

import dev.penstock.cache.scrape.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer of Prometheus to an instant query. */
final class PromAnswer {

    /**
     * A number.
     *
     * @param instance {@code host:port} of the metrics page
     * @param model name of the model; empty where it is of no model
     */
    record Sample(String instance, String model, double value) {}

    private static final int MOST_SAMPLES = 100_000;

    private PromAnswer() {}

    /**
     * The numbers in an answer. What is no number is left out.
     *
     * @return null where it is no answer of success
     */
    static @Nullable List<Sample> read(String json) {
        if (!(JsonText.parse(json) instanceof Map<?, ?> answer) || !"success".equals(answer.get("status"))
                || !(answer.get("data") instanceof Map<?, ?> data) || !"vector".equals(data.get("resultType"))
                || !(data.get("result") instanceof List<?> result)) {
            return null;
        }
        List<Sample> samples = new ArrayList<>();
        for (Object each : result) {
            if (samples.size() < MOST_SAMPLES && each instanceof Map<?, ?> sample
                    && sample.get("metric") instanceof Map<?, ?> labels
                    && labels.get("instance") instanceof String instance
                    && sample.get("value") instanceof List<?> value && value.size() == 2
                    && value.get(1) instanceof String text) {
                double number = number(text);
                if (Double.isFinite(number)) {
                    String model = labels.get("model_name") instanceof String name ? name : "";
                    samples.add(new Sample(instance, model, number));
                }
            }
        }
        return samples;
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN; // "+Inf" too, of which nobody can make anything
        }
    }
}
