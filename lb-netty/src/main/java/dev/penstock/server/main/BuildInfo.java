package dev.penstock.server.main;

import io.netty.util.Version;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** Which Penstock this is. */
final class BuildInfo implements IVersionProvider {

    /** Version of Penstock, or null where it does not run from its jar. */
    static @Nullable String version() {
        return PenstockMain.class.getPackage().getImplementationVersion();
    }

    @Override
    public String[] getVersion() {
        String version = version();
        Version netty = Version.identify().get("netty-common");
        return new String[] {
            "penstock " + (version == null ? "(not packaged)" : version),
            "java " + Runtime.version() + ", netty " + (netty == null ? "unknown" : netty.artifactVersion())
        };
    }
}
