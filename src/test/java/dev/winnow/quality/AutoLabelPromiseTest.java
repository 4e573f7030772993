package dev.winnow.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.quality.AutoLabelClass.Audited;
import dev.winnow.quality.Threshold.Status;
import dev.winnow.stats.LimitProof;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a proven threshold promises, held against published predictions whose truth is known. */
class AutoLabelPromiseTest {
    private static final Path DATA = Path.of("../shared/data");
    private static final Buckets BUCKETS = new Buckets(List.of(.5, .7, .8, .9, .95, .98, .99, .995, .999));
    private static final int SPLITS = 1_000;

    /** One prediction: its class, its confidence and whether it is wrong. */
    private record Prediction(String label, double confidence, boolean wrong, String model, String condition) {}

    private static List<Prediction> read(String set, String label, String truth) throws IOException {
        Path file = DATA.resolve(set).resolve("predictions.csv.gz");
        Assumptions.assumeTrue(
                Files.exists(file),
                () -> "the published data set " + file.toAbsolutePath().normalize() + " is not available");
        List<Prediction> predictions = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            List<String> header = Arrays.asList(lines.readLine().split(",", -1));
            int model = header.indexOf("model");
            int condition = header.indexOf("condition");
            lines.lines().forEach(line -> {
                String[] fields = line.split(",", -1);
                String predicted = fields[header.indexOf(label)];
                predictions.add(new Prediction(
                        predicted,
                        Double.parseDouble(fields[header.indexOf("confidence")]),
                        !predicted.equals(fields[header.indexOf(truth)]),
                        model < 0 ? "" : fields[model],
                        condition < 0 ? "" : fields[condition]));
            });
        }
        return predictions;
    }

    private static Map<String, List<Prediction>> byClass(List<Prediction> predictions) {
        Map<String, List<Prediction>> byClass = new TreeMap<>();
        predictions.forEach(one ->
                byClass.computeIfAbsent(one.label, label -> new ArrayList<>()).add(one));
        return byClass;
    }

    private static List<QaCell> cells(List<Prediction> reviewed) {
        List<QaCell> cells = new ArrayList<>(Collections.nCopies(BUCKETS.size(), QaCell.EMPTY));
        for (Prediction one : reviewed) {
            for (int bucket = BUCKETS.size() - 1; bucket >= 0; bucket--) {
                if (one.confidence >= BUCKETS.low(bucket)) {
                    cells.set(
                            bucket, cells.get(bucket).plus(new QaCell(one.wrong ? 0 : 1, one.wrong ? 1 : 0, 0, 0, 0)));
                    break;
                }
            }
        }
        return cells;
    }

    private static Threshold proven(List<Prediction> reviewed, double promised) {
        return new Walks(BUCKETS, promised / (1 - promised))
                .proven(cells(reviewed), new Proof(LimitProof.ANYTIME, 0, .05, false, .9), null, 1);
    }

    private static List<Prediction> above(List<Prediction> all, int bucket) {
        return bucket == BUCKETS.size()
                ? List.of()
                : all.stream()
                        .filter(one -> one.confidence >= BUCKETS.low(bucket))
                        .toList();
    }

    private static double error(List<Prediction> of) {
        return of.isEmpty() ? 0 : of.stream().filter(Prediction::wrong).count() / (double) of.size();
    }

    /** Lowest interval above which the truth keeps the promise; nobody can know it, but nobody can do better. */
    private static int oracle(List<Prediction> all, double promised) {
        int bucket = BUCKETS.size();
        while (bucket > 0 && error(above(all, bucket - 1)) <= promised) {
            bucket--;
        }
        return bucket;
    }

    /** Reviews 500 of some 1,000 predictions of each class. */
    @ParameterizedTest
    @CsvSource({"0.01, 0.00, 0.37", "0.02, 0.19, 0.42", "0.05, 0.42, 0.46"})
    void thePromiseIsBrokenInAtMostOneOfTwentyClassesAndMuchLabelingIsSaved(
            double promised, double expected, double byOracle) throws IOException {
        Map<String, List<Prediction>> classes = byClass(read("labelerrors_cifar10", "predicted_label", "given_label"));
        assertThat(classes).hasSize(10);
        Map<String, Integer> oracles = new TreeMap<>();
        classes.forEach((label, of) -> oracles.put(label, oracle(of, promised)));
        Random random = new Random(20);
        int broken = 0;
        long issued = 0;
        long oracle = 0;
        long all = 0;
        for (int split = 0; split < SPLITS; split++) {
            for (List<Prediction> of : classes.values()) {
                List<Prediction> shuffled = new ArrayList<>(of);
                Collections.shuffle(shuffled, random);
                List<Prediction> reviewed = shuffled.subList(0, 500);
                Threshold threshold = proven(reviewed, promised);
                int bucket = threshold.status() == Status.PROVEN ? threshold.bucket() : BUCKETS.size();
                List<Prediction> rest = shuffled.subList(500, of.size());
                List<Prediction> unseen = above(rest, bucket);
                broken += error(unseen) > promised ? 1 : 0;
                issued += unseen.size();
                oracle += above(rest, oracles.getOrDefault(of.get(0).label, 0)).size();
                all += of.size();
            }
        }
        double saved = (double) issued / all;
        double possible = (double) oracle / all;
        assertThat(broken / (double) (SPLITS * classes.size()))
                .as("classes and splits of which more than promised is wrong on what nobody reviewed")
                .isLessThanOrEqualTo(.05);
        assertThat(saved).as("the README's figure").isCloseTo(expected, within(.01));
        assertThat(possible).as("who knows the truth, with as many reviews").isCloseTo(byOracle, within(.01));
    }

    @Test
    void aThresholdProvenOnClearImagesBreaksOnOthersWhichAuditsOfThemNotice() throws IOException {
        List<Prediction> all = read("distortion_contrast", "predicted_label", "true_label");
        Predicate<Prediction> clear = one -> one.condition.equals("cr");
        Predicate<Prediction> dim = one -> one.condition.equals("c05") || one.condition.equals("c03");
        double promised = .02;
        int proven = 0;
        int withdrawn = 0;
        List<Prediction> kept = new ArrayList<>();
        List<Prediction> broken = new ArrayList<>();
        for (List<Prediction> of : byClass(all).values()) {
            Threshold threshold = proven(of.stream().filter(clear).toList(), promised);
            if (threshold.status() != Status.PROVEN) {
                continue;
            }
            proven++;
            List<Prediction> above = above(of, threshold.bucket());
            kept.addAll(above.stream().filter(clear).toList());
            List<Prediction> other = above.stream().filter(dim).toList();
            broken.addAll(other);
            Audited audited = new Audited(
                    other.size(), other.stream().filter(Prediction::wrong).count());
            withdrawn += audited.evidence(promised) >= AutoLabelClass.WITHDRAWS ? 1 : 0;
            Audited own = new Audited(
                    above.stream().filter(clear).count(),
                    above.stream().filter(clear).filter(Prediction::wrong).count());
            assertThat(own.evidence(promised)).isLessThan(AutoLabelClass.WITHDRAWS);
        }
        assertThat(proven).isGreaterThan(8);
        assertThat(error(kept)).isLessThan(promised);
        assertThat(error(broken)).isGreaterThan(2 * promised);
        assertThat(withdrawn).isPositive();
    }
}
