package dev.penstock.server.main;

import io.netty.util.Version;
import picocli.CommandLine.IVersionProvider;

/** Which Penstock this is. */
final class BuildInfo implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = PenstockMain.class.getPackage().getImplementationVersion();
        Version netty = Version.identify().get("netty-common");
        return new String[] {
            "penstock " + (version == null ? "(not packaged)" : version),
            "java " + Runtime.version() + ", netty " + (netty == null ? "unknown" : netty.artifactVersion())
        };
    }
}
