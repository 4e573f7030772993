package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.analysis.ClassNeed.Action;
import dev.winnow.analysis.SeenShares.Calibration;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.EffectiveNumber;
import dev.winnow.testing.Configs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UseCaseNeedsTest {
    private static final WinnowConfig CONFIG = Configs.of("");
    private static final EffectiveNumber EFFECTIVE = new EffectiveNumber(.999);

    private final List<TrainingSet.Count> training = new ArrayList<>();
    private final List<ClassErrors> errors = new ArrayList<>();
    private final List<LookedAt> images = new ArrayList<>();
    private final List<Checked> checked = new ArrayList<>();
    private ClusterSums all = ClusterSums.EMPTY;

    /** Twenty cameras, each with so many wrong and confirmed alarms of the class. */
    private UseCaseNeedsTest with(String label, int samples, int alarms, int wrong, int confirmed, int missed) {
        training.add(new TrainingSet.Count(null, label, null, null, samples, samples));
        ClusterSums own = cameras(wrong + missed, wrong + missed + confirmed);
        errors.add(new ClassErrors(
                ClassAt.whole(label), 20L * alarms, 20L * wrong, 20L * confirmed, 20L * missed, own, cameras(5, 50)));
        all = all.plus(own);
        return this;
    }

    private static ClusterSums cameras(int wrong, int trials) {
        return IntStream.range(0, 20)
                .mapToObj(c -> ClusterSums.of(wrong, trials))
                .reduce(ClusterSums.EMPTY, ClusterSums::plus);
    }

    private UseCaseNeedsTest withFour() {
        return with("a", 800, 100, 2, 18, 0)
                .with("b", 900, 100, 2, 18, 0)
                .with("c", 1_000, 100, 2, 18, 0)
                .with("d", 1_100, 100, 2, 18, 0);
    }

    private Map<String, ClassNeed> find() {
        return find(CONFIG);
    }

    private Map<String, ClassNeed> find(WinnowConfig config) {
        List<ClassNeed> needs = new UseCaseNeeds(
                        config.analysis().imbalance(),
                        config.segments(),
                        Synonyms.with(Map.of()),
                        new UseCaseNeeds.Known(
                                training,
                                List.of(),
                                new ErrorSums.OfUseCase(errors, all, false),
                                List.of(),
                                images,
                                checked,
                                1_000_000))
                .find();
        return needs.stream()
                .collect(java.util.stream.Collectors.toMap(need -> need.at().text(), need -> need));
    }

    private static ClassNeed of(Map<String, ClassNeed> needs, String label) {
        return Objects.requireNonNull(needs.get(label), label);
    }

    @Test
    void aThinClassThatErrsIsLabeledWhereTheFieldShowsEnoughOfItAndSynthesizedWhereNot() {
        Map<String, ClassNeed> needs = withFour()
                .with("frequent", 40, 100, 10, 10, 0)
                .with("seldom", 40, 20, 10, 10, 0)
                .find();

        assertThat(of(needs, "frequent").action()).isEqualTo(Action.LABEL_MORE);
        assertThat(of(needs, "seldom").action()).isEqualTo(Action.SYNTHETIC);
        assertThat(of(needs, "a").action()).isEqualTo(Action.OK);
        // 2,000 and 400 alarms, half of the judged ones right.
        assertThat(of(needs, "frequent").found()).isEqualTo(1_000);
        assertThat(of(needs, "seldom").found()).isEqualTo(200);
    }

    @Test
    void theImagesWantedBringTheEffectiveNumberToTheTarget() {
        ClassNeed thin = of(withFour().with("thin", 40, 100, 10, 10, 0).find(), "thin");
        double median = EFFECTIVE.of(900);

        assertThat(Objects.requireNonNull(thin.training()).median()).isEqualTo(median);
        long wanted = Objects.requireNonNull(thin.wanted());
        assertThat(EFFECTIVE.of(40.0 + wanted)).isGreaterThanOrEqualTo(.9 * median);
        assertThat(EFFECTIVE.of(40.0 + wanted - 1)).isLessThan(.9 * median);
        assertThat(of(find(Configs.of("analysis.imbalance.max-images = 100")), "thin")
                        .wanted())
                .isEqualTo(100);
    }

    @Test
    void aClassThatErrsThoughItIsTrainedWellHasSuspectLabels() {
        assertThat(of(withFour().with("e", 1_000, 100, 10, 10, 0).find(), "e").action())
                .isEqualTo(Action.LABEL_QA);
    }

    @Test
    void aThinClassThatErrsLikeTheOthersIsFine() {
        ClassNeed thin = of(withFour().with("thin", 40, 100, 2, 18, 0).find(), "thin");

        assertThat(Objects.requireNonNull(thin.training()).thin()).isTrue();
        assertThat(thin.action()).isEqualTo(Action.OK);
    }

    @Test
    void aThinClassThatIsAsCommonOnWrongImagesAsAmongAlarmsIsNotInErrorForIt() {
        withFour().with("thin", 40, 100, 2, 18, 0);
        for (int i = 0; i < 800; i++) {
            images.add(new LookedAt(
                    "i" + i, "i" + i, "camera " + i % 39, 1, i % 5 == 0 ? Set.of("thin") : Set.of("a"), null));
        }
        ClassNeed thin = of(find(), "thin");

        assertThat(Objects.requireNonNull(thin.training()).effectiveShare()).isLessThan(.02);
        assertThat(Objects.requireNonNull(thin.seen()).images()).isEqualTo(160);
        assertThat(thin.action()).isEqualTo(Action.OK);

        for (int i = 0; i < 800; i++) {
            images.set(
                    i,
                    new LookedAt(
                            "i" + i, "i" + i, "camera " + i % 39, 1, i % 2 == 0 ? Set.of("thin") : Set.of("a"), null));
        }
        assertThat(of(find(), "thin").action()).as("on half of them").isEqualTo(Action.LABEL_MORE);
    }

    @Test
    void aClassThatRaisedNoAlarmIsNoneThatTheModelLacksUnlessItsClassesAreKnown() {
        errors.add(new ClassErrors(ClassAt.whole("fire"), 0, 0, 0, 60, cameras(3, 3), ClusterSums.EMPTY));
        all = all.plus(cameras(3, 3));
        ClassNeed fire = of(find(), "fire");
        assertThat(fire.action()).isNull();
        assertThat(NeedSentence.of(fire)).contains("no alarm of the window names it");

        assertThat(of(withFour().find(), "fire").action()).isEqualTo(Action.DEFINE_CLASS);
    }

    @Test
    void withoutATrainingSetNothingIsSaidToBeShort() {
        withFour().with("e", 40, 100, 10, 10, 0);
        training.clear();
        ClassNeed need = of(find(), "e");

        assertThat(need.high()).isTrue();
        assertThat(need.action()).isNull();
        assertThat(need.need()).isNull();
        assertThat(need.wanted()).isNull();
        assertThat(need.divergence()).isNull();
    }

    @Test
    void needIsPrintedWithItsFactorsAndWithoutAnAuditRestsOnTheShareOfErrors() {
        ClassNeed thin = of(withFour().with("thin", 40, 100, 10, 10, 0).find(), "thin");
        double effective = EFFECTIVE.of(40)
                / (EFFECTIVE.of(40)
                        + EFFECTIVE.of(800)
                        + EFFECTIVE.of(900)
                        + EFFECTIVE.of(1_000)
                        + EFFECTIVE.of(1_100));

        assertThat(thin.needBasis()).isEqualTo("ERRORS");
        assertThat(Objects.requireNonNull(thin.need()).share()).isCloseTo(10.0 / 18, within(1e-12));
        assertThat(thin.need().errorRate()).isCloseTo(18.0 / 100, within(1e-12));
        assertThat(thin.need().trainingShare()).isCloseTo(effective, within(1e-12));
        assertThat(thin.field()).isNull();
        assertThat(thin.divergenceOf()).isEqualTo("ERRORS");
        assertThat(Objects.requireNonNull(thin.divergence())).isPositive();
    }

    @Test
    void auditedImagesGiveTheShareInTheFieldByTheirWeights() {
        withFour().with("thin", 40, 100, 10, 10, 0);
        for (int i = 0; i < 40; i++) {
            // "thin" is on one image in four; those were drawn half as often.
            boolean thin = i % 4 == 0;
            for (String label : List.of("a", "thin")) {
                checked.add(new Checked(
                        "i" + i, "camera " + i % 8, label, label.equals("thin") == thin, true, thin ? 2 : 1, null));
            }
        }
        ClassNeed need = of(find(), "thin");

        assertThat(Objects.requireNonNull(need.field()).images()).isEqualTo(40);
        assertThat(need.field().share()).isCloseTo(20.0 / 50, within(1e-12));
        assertThat(need.field().bounds().low()).isLessThan(.4);
        assertThat(need.needBasis()).isEqualTo("FIELD");
        assertThat(Objects.requireNonNull(need.need()).errorRate())
                .isEqualTo(Objects.requireNonNull(need.rates()).shrunk());
        assertThat(need.found()).isEqualTo(400_000);
        assertThat(need.divergenceOf()).isEqualTo("FIELD");

        checked.removeIf(check -> check.image().length() == 2);
        checked.removeIf(check -> check.image().equals("i39"));
        assertThat(of(find(), "thin").field()).as("29 images are too few").isNull();
    }

    @Test
    void aClassThatPeopleNameIsToBeDefinedWithoutAModel() {
        withFour();
        for (int i = 0; i < 6; i++) {
            images.add(
                    new LookedAt("i" + i, "i" + i, "camera " + i % 3, 1, null, i % 2 == 0 ? "Forklifts" : "fork lift"));
        }
        ClassNeed need = of(find(), "forklift");

        assertThat(need.known()).isFalse();
        assertThat(need.action()).isEqualTo(Action.DEFINE_CLASS);
        assertThat(Objects.requireNonNull(need.seen()).named()).isEqualTo(6);
        assertThat(need.seen().read()).isZero();
        assertThat(need.seen().share()).isNull();

        images.replaceAll(image -> new LookedAt(image.image(), image.uri(), "camera 1", 1, null, image.named()));
        assertThat(find()).as("one camera is too few").doesNotContainKey("forklift");
    }

    @Test
    void anImageWithSeveralWrongBoxesIsOneImage() {
        withFour();
        for (int i = 0; i < 40; i++) {
            images.add(new LookedAt("box " + i, "image " + i / 4, "camera " + i / 4 % 4, 1, Set.of("drone"), "sled"));
        }
        ClassNeed drone = of(find(), "drone");
        assertThat(Objects.requireNonNull(drone.seen()).images()).isEqualTo(10);
        assertThat(drone.seen().read()).isEqualTo(10);
        assertThat(Objects.requireNonNull(of(find(), "sled").seen()).named()).isEqualTo(10);
    }

    @Test
    void aWordThatIsSeenNoMoreOftenThanAModelMayErrIsListedAndNamesNothing() {
        withFour();
        for (int i = 0; i < 200; i++) {
            images.add(new LookedAt(
                    "i" + i, "i" + i, "camera " + i % 20, 1, i % 20 == i / 20 ? Set.of("drone") : Set.of("a"), null));
        }
        ClassNeed drone = of(find(), "drone");

        assertThat(Objects.requireNonNull(drone.seen()).images()).isEqualTo(10);
        assertThat(drone.action()).isEqualTo(Action.OK);
        assertThat(drone.seen().calibration()).isEqualTo(Calibration.UNCALIBRATED);
        assertThat(drone.seen().present()).isNull();
        assertThat(of(find(Configs.of("analysis.imbalance.falsely-seen = 0")), "drone")
                        .action())
                .isEqualTo(Action.DEFINE_CLASS);
    }

    @Test
    void peopleCorrectAClassByItsOwnImagesAndAWordByTheModelsErrorsOnAllClasses() {
        withFour();
        for (int i = 0; i < 400; i++) {
            // "a" is on every fifth image and seen on every fourth; "drone" on every tenth.
            boolean there = i % 5 == 0;
            boolean seen = i % 4 == 0;
            images.add(new LookedAt(
                    "i" + i,
                    "i" + i,
                    "camera " + i % 19,
                    1,
                    seen ? Set.of("a") : i % 10 == 1 ? Set.of("drone") : Set.of(),
                    null));
            if (i < 200) {
                checked.add(new Checked("i" + i, "camera " + i % 19, "a", there, false, 1, seen));
            }
        }
        Map<String, ClassNeed> needs = find();

        SeenShares.Seen own = Objects.requireNonNull(of(needs, "a").seen());
        assertThat(own.calibration()).isEqualTo(Calibration.OWN);
        assertThat(own.checked()).isEqualTo(200);
        assertThat(Objects.requireNonNull(own.share())).isCloseTo(.25, within(1e-12));
        assertThat(Objects.requireNonNull(own.present())).isCloseTo(.2, within(1e-12));
        assertThat(Objects.requireNonNull(own.bounds()).low()).isBetween(.0, .2);
        assertThat(own.bounds().high()).isBetween(.2, .4);
        // The model is next to blind for "a", so that nothing can be told of words.
        assertThat(Objects.requireNonNull(of(needs, "drone").seen()).calibration())
                .isEqualTo(Calibration.UNCALIBRATED);

        checked.replaceAll(check -> new Checked(
                check.image(), check.camera(), "a", Objects.requireNonNull(check.seen()), false, 1, check.seen()));
        SeenShares.Seen drone = Objects.requireNonNull(of(find(), "drone").seen());
        assertThat(drone.calibration()).isEqualTo(Calibration.POOLED);
        assertThat(Objects.requireNonNull(drone.present())).isCloseTo(.1, within(.02));
    }

    @Test
    void aClassThatWasNeverTrainedOnIsThinAndItsNeedIsFinite() {
        withFour().with("new", 0, 100, 10, 10, 0);
        ClassNeed need = of(find(), "new");

        assertThat(need.action()).isEqualTo(Action.LABEL_MORE);
        assertThat(Objects.requireNonNull(need.need()).value()).isPositive().isFinite();
        assertThat(Objects.requireNonNull(need.training()).median())
                .isEqualTo((EFFECTIVE.of(900) + EFFECTIVE.of(1_000)) / 2);
    }
}
