package dev.penstock.server;

import dev.penstock.cache.CacheRole;
import dev.penstock.cache.CacheSettings;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.discovery.FleetFile;
import dev.penstock.cache.discovery.InvalidFleetException;
import dev.penstock.cache.gpu.GpuProfileSettings;
import dev.penstock.cache.kubernetes.KubernetesSettings;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.ModelSpec;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.server.config.ConfigFile;
import dev.penstock.server.config.PoolSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The fleet as the configuration tells of it, and the cache that begins with it. Without state; any thread. */
final class ConfiguredFleet {

    private ConfiguredFleet() {}

    /** Starts a cache for a role, of the fleet that the configuration tells of. */
    static FleetCache startCache(Penstock.Parts parts, Configuration configuration, CacheRole role,
            UnaryOperator<FleetCache.Builder> described) {
        FleetCache.Builder builder = described.apply(FleetCache.builder(role)
                .settings(CacheSettings.from(configuration.settings()))
                .gpuProfiles(GpuProfileSettings.from(configuration.settings()))
                .kubernetes(KubernetesSettings.from(configuration.settings())));
        ConfigFile file = configuration.file();
        Path path = parts.sources().path();
        if (file.hasModels() && path != null) {
            builder.modelsFile(path, FleetFile.Scope.SECTION);
        } else if (file.hasModels()) {
            builder.fleet(read(parts, configuration));
        }
        try {
            return builder.start();
        } catch (InvalidFleetException e) {
            throw new InvalidSettingsException(e.errors().stream().map(FileError::toString).toList());
        }
    }

    private static InvalidSettingsException noModels(Penstock.Parts parts) {
        String name = parts.sources().fileName();
        return new InvalidSettingsException(List.of((name.isEmpty() ? "no configuration" : name)
                + ": no models (expected: a list \"models\" in --config FILE, or the setting discovery.file or "
                + KubernetesSettings.ENABLED.name() + ")"));
    }

    /** The fleet as the configuration tells it now. */
    static FleetSpec read(Penstock.Parts parts, Configuration configuration) {
        ConfigFile file = configuration.file();
        String discovery = CacheSettings.from(configuration.settings()).discoveryFile();
        if (file.hasModels()) {
            return parse(file.text(), file.name(), FleetFile.Scope.SECTION, Set.of());
        } else if (discovery.isEmpty()) {
            if (configuration.settings().get(KubernetesSettings.ENABLED)) {
                return new FleetSpec(List.of(), List.of());
            }
            throw noModels(parts);
        }
        return parse(Configuration.Sources.read(Path.of(discovery)), discovery, FleetFile.Scope.WHOLE,
                file.pools().stream().map(PoolSpec::name).collect(Collectors.toSet()));
    }

    private static FleetSpec parse(String text, String name, FleetFile.Scope scope, Set<String> pools) {
        return switch (FleetFile.parse(text, name, scope, pools)) {
            case FleetFile.Parsed(FleetSpec fleet) -> fleet;
            case FleetFile.Refused(List<FileError> errors) ->
                    throw new InvalidSettingsException(errors.stream().map(FileError::toString).toList());
        };
    }

    /**
     * Strategies of models that nothing provides. Later, when the file has changed, such a strategy is a 400 for the
     * requests of its model.
     */
    static List<String> errors(FleetSpec fleet, Installed installed) {
        List<String> errors = new ArrayList<>();
        for (ModelSpec model : fleet.models()) {
            errors.addAll(installed.errors("model " + model.name() + ": strategy ", model.strategy()));
            errors.addAll(installed.errors("model " + model.name() + ": strategy ", model.lockedStrategy()));
            ConfigProfiles profiles = model.profiles();
            for (ConfigProfiles.Profile profile : profiles == null ? List.<ConfigProfiles.Profile>of()
                    : profiles.profiles()) {
                errors.addAll(installed.errors("model " + model.name() + ": profile " + profile.name() + ": strategy ",
                        profile.routingStrategy()));
            }
        }
        return errors;
    }
}
