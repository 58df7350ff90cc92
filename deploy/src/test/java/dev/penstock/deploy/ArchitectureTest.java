package dev.penstock.deploy;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;

/** The arrows between the parts. Maven's dependencies draw the coarse ones; these are the fine ones. */
@AnalyzeClasses(packages = "dev.penstock", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String JDK = "java..";
    private static final String NULLNESS = "org.jspecify..";
    private static final String SPI = "dev.penstock.spi..";
    private static final String CORE = "dev.penstock.core..";
    private static final String CACHE = "dev.penstock.cache..";
    private static final String REDIS = "dev.penstock.cache.redis..";
    private static final String SERVER = "dev.penstock.server..";
    private static final String ROUTERS = "dev.penstock.routers..";
    private static final String BENCH = "dev.penstock.bench..";
    private static final String ROUTING_BENCH = "dev.penstock.bench.routing..";
    private static final String TESTKIT = "dev.penstock.testkit..";
    private static final String MAILBOX = "dev.penstock.server.mailbox..";
    private static final String[] PRODUCT = {SPI, CORE, CACHE, SERVER, ROUTERS};
    private static final String[] ON_THE_LOOP = {
        "dev.penstock.server.body..", "dev.penstock.server.relay..", "dev.penstock.server.frontend..",
        "dev.penstock.server.exchange..", "dev.penstock.server.upstream..", "dev.penstock.server.http2..",
        "dev.penstock.server.checks..", "dev.penstock.server.claims..", "dev.penstock.server.address..",
        "dev.penstock.server.names..", "dev.penstock.server.tls..", "dev.penstock.server.tokens..",
        "dev.penstock.server.disaggregated..",
    };

    @ArchTest
    static final ArchRule SPI_STANDS_ALONE = classes().that().resideInAPackage(SPI)
            .should().onlyDependOnClassesThat().resideInAnyPackage(JDK, NULLNESS, SPI)
            .because("the SPI is all that a plugin's class loader shows");

    @ArchTest
    static final ArchRule CORE_KNOWS_THE_SPI_ONLY = classes().that().resideInAPackage(CORE)
            .should().onlyDependOnClassesThat().resideInAnyPackage(JDK, NULLNESS, SPI, CORE)
            .because("the engine runs in a proxy, a simulation and somebody else's process alike");

    @ArchTest
    static final ArchRule CORE_DOES_NO_IO = noClasses().that().resideInAnyPackage(SPI, CORE)
            .should().dependOnClassesThat().resideInAnyPackage(
                    "java.net..", "java.nio.file..", "java.nio.channels..", "java.rmi..", "java.sql..")
            .orShould().dependOnClassesThat().haveNameMatching("java\\.io\\.(File|RandomAccessFile|Console).*");

    @ArchTest
    static final ArchRule CORE_OWNS_NO_THREAD = noClasses().that().resideInAnyPackage(SPI, CORE)
            .should().dependOnClassesThat().areAssignableTo(Executors.class)
            .orShould().dependOnClassesThat().areAssignableTo(ThreadFactory.class)
            .orShould().callConstructorWhere(target(owner(assignableTo(Thread.class))))
            .orShould().callMethodWhere(target(owner(assignableTo(Thread.class)))
                    .and(target(nameMatching("ofVirtual|ofPlatform|startVirtualThread|sleep|join"))));

    @ArchTest
    static final ArchRule CORE_HAS_NO_CLOCK = noClasses().that().resideInAnyPackage(SPI, CORE, ROUTERS)
            .should().callMethod(System.class, "nanoTime")
            .orShould().callMethod(System.class, "currentTimeMillis")
            .because("the same code runs on a simulated clock");

    @ArchTest
    static final ArchRule ROUTERS_SEE_THE_SPI_ONLY = classes().that().resideInAPackage(ROUTERS)
            .should().onlyDependOnClassesThat().resideInAnyPackage(JDK, NULLNESS, SPI, ROUTERS);

    @ArchTest
    static final ArchRule ROUTER_FAMILIES_ARE_STRANGERS = slices().matching("dev.penstock.routers.(*)..")
            .should().notDependOnEachOther()
            .because("each is a jar of its own, with a class loader of its own");

    @ArchTest
    static final ArchRule ROUTERS_DO_NO_IO = noClasses().that().resideInAPackage(ROUTERS)
            .should().dependOnClassesThat().resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..")
            .orShould().dependOnClassesThat().areAssignableTo(Executor.class);

    @ArchTest
    static final ArchRule CACHE_KNOWS_THE_CORE_ONLY = noClasses().that().resideInAPackage(CACHE)
            .should().dependOnClassesThat().resideInAnyPackage(SERVER, ROUTERS, BENCH, "com.lmax..");

    @ArchTest
    static final ArchRule CACHE_HAS_NO_TRANSPORT = noClasses().that().resideInAPackage(CACHE)
            .and().resideOutsideOfPackage(REDIS)
            .should().dependOnClassesThat().resideInAnyPackage("io.netty..", "reactor..")
            .because("what comes along with the client of Redis is that package's own affair");

    @ArchTest
    static final ArchRule ONLY_THE_CACHE_TALKS_TO_REDIS = noClasses()
            .that().resideInAnyPackage(SPI, CORE, SERVER, ROUTERS)
            .should().dependOnClassesThat().resideInAPackage("io.lettuce..");

    @ArchTest
    static final ArchRule WIRING_KNOWS_THE_CACHE = noClasses()
            .that().resideInAPackage(SERVER)
            .and().haveNameNotMatching("dev\\.penstock\\.server\\."
                    + "(Wiring|ConfiguredFleet|ConfiguredLimits|ConfiguredKeys|CachePages|Metadata|Replicas|"
                    + "RunningFigures|KvEvents)(\\$.*)?")
            .should().dependOnClassesThat().resideInAPackage(CACHE)
            .because("the server talks to ports of the core; one wiring class for each command says who stands behind"
                    + " them: serve, metadata, stat, keys (docs/adr/0013)");

    @ArchTest
    static final ArchRule SERVER_FINDS_ROUTERS_AT_RUN_TIME = noClasses().that().resideInAPackage(SERVER)
            .should().dependOnClassesThat().resideInAnyPackage(ROUTERS, BENCH);

    @ArchTest
    static final ArchRule MAILBOX_KNOWS_NO_TRANSPORT = classes().that().resideInAPackage(MAILBOX)
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage(JDK, NULLNESS, SPI, CORE, MAILBOX, "com.lmax.disruptor..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule ONLY_THE_MAILBOX_KNOWS_THE_RING = noClasses().that().resideOutsideOfPackage(MAILBOX)
            .should().dependOnClassesThat().resideInAPackage("com.lmax..");

    @ArchTest
    static final ArchRule EVENT_LOOPS_DO_NOT_WAIT = noClasses().that().resideInAnyPackage(ON_THE_LOOP)
            .should().callMethodWhere(target(owner(assignableTo(Future.class)))
                    .and(target(nameMatching("join|sync.*|await.*"))))
            .orShould().callMethodWhere(target(owner(assignableTo(CountDownLatch.class)))
                    .and(target(nameMatching("await"))))
            .orShould().callMethodWhere(target(owner(assignableTo(Thread.class)))
                    .and(target(nameMatching("sleep|join"))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule EVENT_LOOPS_DO_NOT_RESOLVE_NAMES = noClasses().that().resideInAnyPackage(ON_THE_LOOP)
            .should().callMethodWhere(target(owner(assignableTo(InetAddress.class)))
                    .and(target(nameMatching("getByName|getAllByName|getHostName|getCanonicalHostName|getLocalHost"))))
            .orShould().callConstructor(InetSocketAddress.class, String.class, int.class)
            .because("the JDK's resolver blocks the thread for seconds; discovery resolves, elsewhere")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule NO_STATIC_STATE = noFields().that().areDeclaredInClassesThat().resideInAnyPackage(PRODUCT)
            .and().areStatic()
            .should().haveRawType(assignableTo(ConcurrentMap.class))
            .orShould().haveRawType(assignableTo(LongAdder.class))
            .orShould().haveRawType(assignableTo(ThreadLocal.class))
            .orShould().haveRawType(nameMatching("java\\.util\\.concurrent\\.atomic\\.Atomic(?!.*FieldUpdater).*"))
            .because("several balancers live in one process");

    @ArchTest
    static final ArchRule NAMES_OF_CLASSES_ARE_NOT_DATA = noClasses().that().resideInAnyPackage(CACHE, SERVER)
            .should().callMethod(Class.class, "getSimpleName")
            .because("a metric, a header or a log field must survive a renaming");

    @ArchTest
    static final ArchRule NOBODY_NEEDS_THE_BENCH = noClasses()
            .that().resideInAnyPackage(PRODUCT)
            .should().dependOnClassesThat().resideInAPackage(BENCH);

    @ArchTest
    static final ArchRule ROUTING_BENCH_RUNS_THE_ENGINE_ONLY = classes().that().resideInAPackage(ROUTING_BENCH)
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage(JDK, NULLNESS, SPI, TESTKIT, ROUTING_BENCH, "picocli..", "com.fasterxml.jackson.core..")
            .because("it measures the routers as hosts find them, on a simulated clock: no class of theirs, no server");

    @ArchTest
    static final ArchRule ROUTING_BENCH_HAS_NO_CLOCK = noClasses().that().resideInAPackage(ROUTING_BENCH)
            .should().callMethod(System.class, "nanoTime")
            .orShould().callMethod(System.class, "currentTimeMillis")
            .because("the same seed gives the same figures on any machine");

    @ArchTest
    static final ArchRule NOBODY_NEEDS_THE_TEST_KIT = noClasses()
            .that().resideInAnyPackage(PRODUCT)
            .should().dependOnClassesThat().resideInAPackage(TESTKIT)
            .because("it rides in the jar of the core for tests, and authors get it in the SDK");

    @ArchTest
    static final ArchRule TEST_KIT_SHOWS_THE_SPI_ONLY = noMethods()
            .that().areDeclaredInClassesThat().resideInAPackage(TESTKIT)
            .and().areDeclaredInClassesThat().haveSimpleNameNotContaining("EngineParts")
            .and().areDeclaredInClassesThat().haveSimpleNameNotContaining("FakeHealth")
            .and().areDeclaredInClassesThat().arePublic()
            .and().arePublic()
            .should().haveRawReturnType(resideInAPackage(CORE))
            .orShould().haveRawParameterTypes(anyElementThat(resideInAPackage(CORE)))
            .because("authors compile against it, and the core may change any day");

    @ArchTest
    static final ArchRule TEST_KIT_STANDS_ON_THE_CORE = classes().that().resideInAPackage(TESTKIT)
            .should().onlyDependOnClassesThat().resideInAnyPackage(JDK, NULLNESS, SPI, CORE, TESTKIT)
            .because("the SDK has nothing else to offer");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.penstock.(**)").should().beFreeOfCycles();
}
