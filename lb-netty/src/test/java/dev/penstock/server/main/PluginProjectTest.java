package dev.penstock.server.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginProjectTest {

    @TempDir
    Path folder;

    private Path sdk = Path.of("");
    private Path project = Path.of("");

    @BeforeEach
    void writeTemplate() throws IOException {
        sdk = folder.resolve("the sdk");
        project = folder.resolve("project");
        Path sources = Files.createDirectories(sdk.resolve("template/src/org/example/labelweighted"));
        Files.writeString(sources.resolve("LabelWeightedRouter.java"),
                "package org.example.labelweighted; class LabelWeightedRouter {} // label-weighted");
        Files.writeString(sdk.resolve("template/pom.xml"),
                "<penstock.sdk>file:///a</penstock.sdk><penstock.version>0</penstock.version>");
    }

    @ParameterizedTest
    @CsvSource({"my-router, myrouter, My", "least-tokens, leasttokens, LeastTokens", "x2, x2, X2",
        "label-weighted, labelweighted, LabelWeighted"})
    void shouldRenameTheSample(String name, String packagePart, String base) throws IOException {
        new PluginProject(sdk, null).create(name, project);

        assertThat(project.resolve("src/org/example/" + packagePart + "/" + base + "Router.java"))
                .hasContent("package org.example." + packagePart + "; class " + base + "Router {} // " + name);
    }

    @Test
    void shouldSayWhereTheSdkIs() throws IOException {
        new PluginProject(sdk, "1.2.3").create("mine", project);

        assertThat(project.resolve("pom.xml")).content()
                .contains("/the%20sdk/</penstock.sdk>", "<penstock.sdk>file:///")
                .contains("<penstock.version>1.2.3</penstock.version>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"My_Router", "router", "router-router", "int", "-x", "a--b", "a-", "../x", "2x", "",
        "a123456789b123456789c123456789d123456789e123456789f123456789abcd"})
    void shouldRefuseNamesThatCannotBe(String name) throws IOException {
        assertThatIllegalArgumentException().isThrownBy(() -> new PluginProject(sdk, null).create(name, project))
                .withMessageStartingWith("name: " + name + " (expected: ");
        assertThat(project).doesNotExist();
    }

    @Test
    void shouldNotWriteOverWhatIsThere() throws IOException {
        Files.createDirectory(project);

        assertThatIllegalArgumentException().isThrownBy(() -> new PluginProject(sdk, null).create("mine", project))
                .withMessage(project + " exists already");
        assertThat(project).isEmptyDirectory();
    }
}
