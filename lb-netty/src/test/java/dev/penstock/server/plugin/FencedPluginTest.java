package dev.penstock.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyFigures;
import dev.penstock.spi.KvEvent;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jars whose routers break their contract, in a shard with the real engine: every request is answered all the same. */
class FencedPluginTest {

    private static final String ANSWERS =
            "public void route(RoutingContext context) { context.select(context.candidates().get(0)); }\n";
    private static final String OWN =
            "Thread.currentThread().getContextClassLoader() == Bad.class.getClassLoader()";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path folder;

    private final List<Plugin> loaded = new ArrayList<>();

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(directory.resolve("plugins"));
    }

    @AfterEach
    void closePlugins() {
        loaded.forEach(Plugin::close);
    }

    /** A jar with strategy {@code bad}, whose router consists of these members. */
    private static PluginJar router(String members) {
        return PluginJar.current().provider("plug.Bad", """
                public String name() { return "bad"; }
                public Router create(RouterEnvironment environment) {
                    environment.wakeAt(environment.nanoTime() + 1);
                    return new Router() {
                        %s
                    };
                }
                """.formatted(members));
    }

    private TestShard shard(PluginJar... jars) throws IOException {
        for (int i = 0; i < jars.length; i++) {
            jars[i].writeTo(folder, i + ".jar");
        }
        loaded.addAll(PluginLoader.load(folder));
        Strategies.Result result = Strategies.of(loaded, Strategies.Terms.DEFAULTS);
        assertThat(result.problems()).isEmpty();
        TestShard shard = EngineParts.shard(result.usable());
        shard.fleet().add("p1", "p2", "p3");
        return shard;
    }

    private static StrategyFigures.Now figures(TestShard shard) {
        return EngineParts.figures(shard, "bad");
    }

    /** Everything that can happen to a router. */
    private static void live(TestShard shard) {
        for (int i = 0; i < 3; i++) {
            Routed routed = shard.route("bad");
            assertThat(routed.pod()).isNotNull();
            routed.firstByte();
            routed.ended();
        }
        shard.kvEvent(new KvEvent.Cleared(shard.pod("p1")));
        shard.fleet().remove("p3");
        shard.advance(Duration.ofSeconds(1));
        assertThat(shard.route("bad").pod()).isNotNull();
        shard.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "public void route(RoutingContext context) {",
        "public void chosen(RoutingContext context, Plan plan) {",
        "public void firstByte(RoutingContext context, PodView endpoint) {",
        "public void ended(RoutingContext context, PodView endpoint, Usage usage) {",
        "public void kvEvent(KvEvent event) {",
        "public void snapshotChanged(Snapshot snapshot) {",
        "public void podRemoved(PodView endpoint) {",
        "public void woken(long nowNanos) {",
        "public void close() {"})
    void shouldHoldWhatACallbackThrows(String callback) throws IOException {
        String answers = callback.contains(" route(") ? "" : ANSWERS;
        TestShard shard = shard(router(answers + callback + " throw new AssertionError(\"on purpose\"); }"));

        live(shard);

        assertThat(figures(shard).exceptions()).isPositive();
        assertThat(figures(shard).fallbacks()).isEqualTo(answers.isEmpty() ? 4 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw new IllegalStateException(\"on purpose\");", "return null;",
        "return create(environment);"})
    void shouldHoldWhatCreateThrows(String create) throws IOException {
        TestShard shard = shard(PluginJar.current().provider("plug.Bad", """
                public String name() { return "bad"; }
                public Router create(RouterEnvironment environment) { %s }
                """.formatted(create)));

        live(shard);

        assertThat(figures(shard)).returns(1L, StrategyFigures.Now::exceptions)
                .returns(4L, StrategyFigures.Now::fallbacks);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "public void score(RoutingContext c, double[] s) { throw new AssertionError(\"on purpose\"); }"
                + "public Polarity polarity() { return Polarity.MOST; }",
        "public void score(RoutingContext c, double[] s) { s[s.length] = 1; }"
                + "public Polarity polarity() { return Polarity.MOST; }",
        "public void score(RoutingContext c, double[] s) { s[0] = 1; } public Polarity polarity() { return null; }",
        "public void score(RoutingContext c, double[] s) { s[0] = 1; }"
                + "public Polarity polarity() { throw new IllegalStateException(\"on purpose\"); }"})
    void shouldHoldWhatAScorerThrows(String members) throws IOException {
        TestShard shard = shard(scorer("bad", members), scorer("good", """
                public void score(RoutingContext c, double[] s) { s[1] = 2; s[0] = 1; s[2] = 1; }
                public Polarity polarity() { return Polarity.MOST; }
                """));

        assertThat(shard.route("bad,good").pod()).isEqualTo("p2");

        assertThat(figures(shard).exceptions()).isEqualTo(1);
        assertThat(EngineParts.figures(shard, "good").exceptions()).isZero();
    }

    private static PluginJar scorer(String name, String members) {
        return PluginJar.current().provider("plug.Scores", """
                public String name() { return "%s"; }
                public boolean scores() { return true; }
                public Router create(RouterEnvironment environment) {
                    return new Scorer() {
                        public void route(RoutingContext context) { context.abstain("scores only"); }
                        %s
                    };
                }
                """.formatted(name, members));
    }

    @Test
    void shouldTakeTheFirstOfTwoAnswers() throws IOException {
        TestShard shard = shard(router("""
                public void route(RoutingContext context) {
                    boolean first = context.select(context.candidates().get(1));
                    boolean second = context.select(context.candidates().get(0));
                    context.responseHeader("x-answers", first + " " + second);
                }
                """));

        Routed routed = shard.route("bad");

        assertThat(routed.pod()).isEqualTo("p2");
        assertThat(figures(shard)).returns(1L, StrategyFigures.Now::lateAnswers)
                .returns(0L, StrategyFigures.Now::fallbacks);
        routed.ended();
        assertThat(shard.load().idle()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "new Plan.Single(null)", "new Plan.Single(foreign())",
        "new Plan.PrefillDecode(context.candidates().get(0), foreign(), \"nixl\")",
        "new Plan.PrefillDecode(context.candidates().get(0), context.candidates().get(0), \"nixl\")",
        "new Plan.PrefillDecode(context.candidates().get(0), context.candidates().get(1), null)"})
    void shouldLetTheFallbackChooseWhereAnAnswerNamesNoPodOfTheFleet(String plan) throws IOException {
        TestShard shard = shard(router("""
                public void route(RoutingContext context) { context.select((Plan) %s); }
                private PodView foreign() {
                    return (PodView) java.lang.reflect.Proxy.newProxyInstance(getClass().getClassLoader(),
                            new Class<?>[] {PodView.class}, (proxy, method, arguments) ->
                                    method.getReturnType() == int.class ? 99 : method.getReturnType() == boolean.class
                                            ? false : null);
                }
                """.formatted(plan)));

        assertThat(shard.route("bad").fallbackReason()).isEqualTo("invalid_answer");
        assertThat(figures(shard).invalidAnswers()).isEqualTo(1);
    }

    @Test
    void shouldLetTheFallbackChooseWhereThePodOfALateAnswerHasLeft() throws IOException {
        TestShard shard = shard(router("""
                private RoutingContext asked;
                private PodView third;
                public void route(RoutingContext context) {
                    asked = context;
                    third = context.candidates().get(2);
                }
                public void podRemoved(PodView endpoint) { asked.select(third); }
                """));
        Routed routed = shard.submit("bad", FakeRequest.plain());
        shard.serve();

        shard.fleet().remove("p3");
        shard.serve();

        assertThat(routed.pod()).isIn("p1", "p2");
        assertThat(routed.fallbackReason()).isEqualTo("endpoint_left");
    }

    @Test
    void shouldHoldACallOfAMethodThatTheSpiDoesNotHave() throws IOException {
        Path newer = new PluginJar().source("dev.penstock.spi.RoutingContext", """
                package dev.penstock.spi;
                public interface RoutingContext {
                    Candidates candidates();
                    boolean select(PodView endpoint);
                    String notInventedYet();
                }
                """).writeTo(directory.resolve("newer"), "spi.jar");
        TestShard shard = shard(router("""
                public void route(RoutingContext context) {
                    context.notInventedYet();
                    context.select(context.candidates().get(0));
                }
                """).against(newer));

        Routed routed = shard.route("bad");

        assertThat(routed.fallbackReason()).isEqualTo("router_failed");
        assertThat(figures(shard).exceptions()).isEqualTo(1);
    }

    @Test
    void shouldShowARouterItsOwnClassesByWayOfTheThread() throws IOException {
        String check = "if (!(" + OWN + ")) { throw new IllegalStateException(); }";
        TestShard shard = shard(router("{ " + check + " }\n"
                + "public void route(RoutingContext context) { " + check
                + " context.select(context.candidates().get(0)); }\n"
                + "public void chosen(RoutingContext context, Plan plan) { " + check + " }\n"
                + "public void ended(RoutingContext context, PodView endpoint, Usage usage) { " + check + " }\n"
                + "public void woken(long nowNanos) { " + check + " }\n"
                + "public void close() { " + check + " }"));
        ClassLoader host = Thread.currentThread().getContextClassLoader();

        live(shard);

        assertThat(figures(shard).exceptions()).isZero();
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(host);
    }

    @Test
    void shouldNameTheThreadsThatAPluginLeavesBehind() throws Exception {
        TestShard shard = shard(router(ANSWERS + """
                private final java.util.concurrent.CountDownLatch end = new java.util.concurrent.CountDownLatch(1);
                {
                    Thread.ofPlatform().daemon().name("leak-of-a-plugin").start(() -> {
                        try {
                            end.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
                }
                """));

        live(shard);

        assertThat(PluginThreads.of(loaded.getFirst())).containsExactly("leak-of-a-plugin");
        loaded.getFirst().close();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("leak-of-a-plugin")) {
                thread.interrupt();
                thread.join();
            }
        }
        assertThat(PluginThreads.of(loaded.getFirst())).isEmpty();
    }

    @Test
    void shouldDisturbNobodyWithAnotherNettyAndAnotherJackson() throws IOException {
        for (String mine : List.of("one", "two")) {
            Path home = Files.createDirectory(folder.resolve(mine));
            Path library = new PluginJar().source("io.netty.util.Version", """
                    package io.netty.util;
                    public class Version { public static String mine() { return "%s"; } }
                    """.formatted(mine)).source("com.fasterxml.jackson.core.JsonFactory", """
                    package com.fasterxml.jackson.core;
                    public class JsonFactory { public String mine() { return "%s"; } }
                    """.formatted(mine)).writeTo(home, "library.jar");
            PluginJar.current().against(library).provider("plug.Uses", """
                    public String name() {
                        return io.netty.util.Version.mine() + "-"
                                + new com.fasterxml.jackson.core.JsonFactory().mine();
                    }
                    """).writeTo(home, "plugin.jar");
        }

        TestShard shard = shard();

        assertThat(shard.route("one-one").fallbackReason()).isNull();
        assertThat(shard.route("two-two").fallbackReason()).isNull();
        assertThat(io.netty.util.Version.identify()).isNotEmpty();
        assertThat(new com.fasterxml.jackson.core.JsonFactory().version().toString()).isNotEmpty();
    }

    // ---- what does not come back when it is loaded

    private static final String END = "dev.penstock.test.end-of-loading";
    private static final String SPIN = "while (!Boolean.getBoolean(\"" + END + "\")) { Thread.onSpinWait(); }";

    @Test
    void shouldGiveUpAProviderThatIsNeverMade() throws IOException {
        System.clearProperty(END);
        Path jar = PluginJar.current().provider("plug.Spins",
                "public Spins() { " + SPIN + " }\npublic String name() { return \"spins\"; }")
                .writeTo(folder, "spins.jar");

        try {
            assertThat(PluginLoader.loadOne(jar, new Patience(200)).failure())
                    .startsWith("does not come back: it is in ");
        } finally {
            System.setProperty(END, "true");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"public String name() { %s return \"spins\"; }",
        "public String name() { return \"spins\"; } public Needs needs() { %s return Needs.NOTHING; }",
        "public String name() { return \"spins\"; } public boolean scores() { %s return true; }",
        "public String name() { return \"spins\"; } public List<SettingSpec> settings() { %s return List.of(); }"})
    void shouldGiveUpAProviderThatDoesNotAnswer(String members) throws IOException {
        System.clearProperty(END);
        PluginJar.current().provider("plug.Spins", members.formatted(SPIN)).writeTo(folder, "spins.jar");
        PluginJar.withStrategy("first").writeTo(folder, "z.jar");
        loaded.addAll(PluginLoader.load(folder));

        try {
            Strategies.Result result = Strategies.of(loaded, Strategies.Terms.DEFAULTS,
                    new Patience(200));

            assertThat(result.usable()).extracting(Strategy::name).containsExactly("first");
            assertThat(result.problems()).singleElement().asString().startsWith("plugin spins.jar: ")
                    .contains("does not come back");
        } finally {
            System.setProperty(END, "true");
        }
    }
}
