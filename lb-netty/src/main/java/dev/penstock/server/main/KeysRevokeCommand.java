package dev.penstock.server.main;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "revoke", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Takes a key away. Requests that it has sent before run to their end.",
            "Exit status 0: it is gone; 1: there is none with this id."})
final class KeysRevokeCommand implements Callable<Integer> {

    @Mixin
    private KeyOptions options = new KeyOptions();

    @Parameters(index = "0", paramLabel = "ID",
            description = "Its id: the part between the first two dashes of the key.")
    private String id = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (options.use(store -> store.revoke(id))) {
            spec.commandLine().getErr().println("penstock: key " + id + " is revoked");
            return 0;
        }
        spec.commandLine().getErr().println("penstock: there is no key " + id);
        return 1;
    }
}
