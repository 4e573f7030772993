package dev.winnow.arch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.winnow.config.LabelingSettings;
import dev.winnow.tables.TableDef;
import java.util.List;

/** Who may know whom; the house reads as the pipeline. */
@AnalyzeClasses(packages = LayersTest.ROOT, importOptions = LayersTest.MainClasses.class)
class LayersTest {
    static final String ROOT = "dev.winnow";

    private static final List<String> FLOOR = List.of("tables", "stats", "ports", "config", "runtime");

    /** The rooms in the order data flows; a new room takes its place here. */
    private static final List<String> ROOMS = List.of(
            "inputs",
            "segments",
            "analysis",
            "candidates",
            "selection",
            "labeling",
            "answers",
            "progress",
            "consensus",
            "quality",
            "outcomes",
            "export",
            "report",
            "maintenance",
            "generate");

    /** The room through which every other one reads what comes from outside. */
    private static final String GATE = "inputs";

    private static final String SESSION = "org.apache.spark.sql.SparkSession";
    private static final String AWS = "software.amazon.awssdk..";

    @ArchTest
    static final ArchRule ROOMS_KNOW_THE_FLOOR_AND_TABLES_UPSTREAM =
            classes().should(knowOnlyTheFloorAndTablesUpstream());

    @ArchTest
    static final ArchRule EVERY_PACKAGE_HAS_ITS_PLACE = classes().should(haveAPlace());

    @ArchTest
    static final ArchRule THE_FLOOR_KNOWS_NO_ROOM = noClasses()
            .that()
            .resideInAnyPackage(packages(FLOOR))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages(ROOMS))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".adapters..", ROOT + ".cli..");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".cli..");

    @ArchTest
    static final ArchRule ADAPTERS_KNOW_THE_FLOOR_ONLY = noClasses()
            .that()
            .resideInAPackage(ROOT + ".adapters..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages(ROOMS))
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".cli..");

    @ArchTest
    static final ArchRule ADAPTERS_DO_NOT_MEET = slices().matching(ROOT + ".adapters.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(resideInAPackage(ROOT + ".adapters.."), resideInAPackage(ROOT + ".adapters.aws"))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule AWS_STAYS_IN_ADAPTERS = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".adapters..", ROOT + ".cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(AWS);

    @ArchTest
    static final ArchRule TRANSFORMS_SEE_NO_SESSION = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".adapters..", ROOT + ".cli..", ROOT + ".runtime..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(SESSION);

    @ArchTest
    static final ArchRule STATS_KNOW_THE_JDK_AND_COMMONS_MATH_ONLY = classes()
            .that()
            .resideInAPackage(ROOT + ".stats..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", ROOT + ".stats..", "org.jspecify..", "org.apache.commons.math3..");

    /** So a further target is a package, a block of the configuration, and an entry where both are put together. */
    @ArchTest
    static final ArchRule NOBODY_TREATS_A_LABELING_TARGET_BY_ITS_NAME = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".config..", ROOT + ".labeling.*..")
            .should(readAConstantOf(LabelingSettings.Target.class));

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    private static ArchCondition<JavaClass> readAConstantOf(Class<? extends Enum<?>> type) {
        return new ArchCondition<>("read a constant of " + type.getSimpleName()) {
            @Override
            public void check(JavaClass reader, ConditionEvents events) {
                reader.getFieldAccessesFromSelf().stream()
                        .filter(access -> access.getTargetOwner().isEquivalentTo(type)
                                && !access.getOriginOwner().isEquivalentTo(type)
                                && access.getTarget().getRawType().isEquivalentTo(type))
                        .forEach(access -> events.add(SimpleConditionEvent.satisfied(access, access.getDescription())));
            }
        };
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> ROOT + "." + name + "..").toArray(String[]::new);
    }

    private static String area(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1).split("\\.", 2)[0] : "";
    }

    private static ArchCondition<JavaClass> haveAPlace() {
        return new ArchCondition<>("be in the floor, a room, adapters or cli") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String area = area(type);
                boolean known =
                        FLOOR.contains(area) || ROOMS.contains(area) || area.equals("adapters") || area.equals("cli");
                if (!known) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is in no known package"));
                }
            }
        };
    }

    private static ArchCondition<JavaClass> knowOnlyTheFloorAndTablesUpstream() {
        return new ArchCondition<>("know, if in a room, only the floor and table definitions of rooms upstream") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                int room = ROOMS.indexOf(area(type));
                if (room < 0) {
                    return;
                }
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass();
                    int other = ROOMS.indexOf(area(target));
                    boolean upstreamTable = other >= 0 && other < room && definesATable(target);
                    boolean allowed = other == room
                            || upstreamTable
                            || FLOOR.contains(area(target))
                            || area(target).equals(GATE);
                    if (resideInAPackage(ROOT + "..").test(target) && !allowed) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    /** A table definition holds a table and names; it does nothing else that another room could want. */
    private static boolean definesATable(JavaClass type) {
        return type.getFields().stream()
                .anyMatch(field -> field.getModifiers().contains(JavaModifier.STATIC)
                        && field.getRawType().isEquivalentTo(TableDef.class));
    }

    /** ArchUnit's own option knows {@code target/test-classes} only; the Spark 4 build writes elsewhere. */
    static final class MainClasses implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }
}
