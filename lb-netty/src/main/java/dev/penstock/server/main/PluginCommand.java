package dev.penstock.server.main;

import picocli.CommandLine.Command;

@Command(name = "plugin", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        subcommands = {PluginNewCommand.class, PluginCheckCommand.class}, synopsisSubcommandLabel = "COMMAND",
        description = "Makes and checks router plugins: docs/plugins.md takes you from nothing to a jar that routes.",
        footer = {"", "Examples:",
            "  penstock plugin new my-router",
            "  penstock plugin check my-router/target/my-router.jar"})
final class PluginCommand {
}
