package dev.penstock.server.main;

import java.net.HttpURLConnection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "health", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Asks a running load balancer whether it is ready, as a probe does where there is no curl.",
            "It looks where serve listens with the same options and variables. Exit status 0: ready; 1: not."})
final class HealthCommand implements Callable<Integer> {

    @Mixin
    private AdminCall admin = new AdminCall();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        AdminCall.Reply reply = admin.get("/readyz");
        if (reply == null) {
            return 1;
        }
        if (!reply.body().isEmpty()) {
            spec.commandLine().getOut().println(reply.body().strip());
            spec.commandLine().getOut().flush();
        }
        return reply.status() == HttpURLConnection.HTTP_OK ? 0 : 1;
    }
}
