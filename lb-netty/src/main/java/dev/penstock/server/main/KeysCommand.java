package dev.penstock.server.main;

import picocli.CommandLine.Command;

@Command(name = "keys", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        subcommands = {KeysMakeCommand.class, KeysListCommand.class, KeysRevokeCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Makes, lists and revokes the keys by which clients are let in: of a file or of Redis.",
            "A running load balancer sees the change within two seconds, or keys.refresh where it is in Redis."},
        footer = {"", "Examples:",
            "  penstock keys make --file keys.jsonl --user ann --model llama-3-8b --rpm 60 --expires 30d",
            "  penstock keys list --file keys.jsonl",
            "  penstock keys revoke --config penstock.yaml 4f2k9x0c1d"})
final class KeysCommand {
}
