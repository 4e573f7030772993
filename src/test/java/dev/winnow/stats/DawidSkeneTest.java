package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.stats.DawidSkene.Errors;
import dev.winnow.stats.DawidSkene.Fit;
import dev.winnow.stats.DawidSkene.Settings;
import dev.winnow.stats.DawidSkene.Sums;
import dev.winnow.testing.CrowdData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DawidSkeneTest {
    /** The reference numbers have eight decimals and were taken where the log-likelihood changed by less than this. */
    private static final double REFERENCE_TOLERANCE = 1e-9;

    private static final double PRINTED = 0.51e-8;

    @Test
    void thePublishedExampleIsReproduced() {
        CrowdData data = CrowdData.of("crowd_dawid_skene_1979");
        Fit fit = fit(data, settings(0, REFERENCE_TOLERANCE));
        JsonNode reference = data.reference();

        assertThat(fit.iterations()).isEqualTo(18);
        assertThat(fit.converged()).isTrue();
        assertThat(fit.logLikelihood()).isCloseTo(-192.89088128, within(PRINTED));
        for (int k = 0; k < 4; k++) {
            assertThat(fit.model().prior(k))
                    .isCloseTo(reference.path("class_prior").path("" + (k + 1)).asDouble(), within(PRINTED));
        }
        for (int worker = 0; worker < 5; worker++) {
            JsonNode rows = reference.path("error_rates_row_true_column_answer").path("" + (worker + 1));
            for (int k = 0; k < 4; k++) {
                for (int l = 0; l < 4; l++) {
                    assertThat(fit.model().probability(worker, k, l))
                            .as("observer %d, class %d, answer %d", worker + 1, k + 1, l + 1)
                            .isCloseTo(rows.path(k).path(l).asDouble(), within(PRINTED));
                }
            }
        }
        double[] posterior = new double[4];
        for (int item = 0; item < data.items().size(); item++) {
            String patient = data.items().get(item);
            fit.model().posterior(data.block(), item, posterior);
            for (int k = 0; k < 4; k++) {
                assertThat(posterior[k])
                        .as("patient %s, class %d", patient, k + 1)
                        .isCloseTo(
                                reference
                                        .path("posterior")
                                        .path(patient)
                                        .path(k)
                                        .asDouble(),
                                within(PRINTED));
            }
            assertThat(data.labels().get(most(posterior)))
                    .as("patient %s", patient)
                    .isEqualTo(reference.path("hard_labels").path(patient).asText());
        }
    }

    @Test
    void atTheLimitTheLogLikelihoodIsThePublishedOne() {
        Fit fit = fit(CrowdData.of("crowd_dawid_skene_1979"), settings(0, 1e-12));
        assertThat(fit.logLikelihood()).isCloseTo(-192.890881, within(5e-7));
        assertThat(fit.iterations()).isEqualTo(25);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"crowd_bluebirds", "crowd_dogs", "crowd_music_genre", "crowd_temp_snow2008", "cats_photos_a"})
    void realCrowdsGiveTheReferenceNumbersWithAnySmoothing(String name) {
        CrowdData data = CrowdData.of(name);
        JsonNode references = data.reference().path("dawid_skene");
        assertThat(references).hasSize(3);
        for (JsonNode reference : references) {
            Fit fit = fit(data, settings(reference.path("smoothing").asDouble(), REFERENCE_TOLERANCE));

            assertThat(fit.iterations()).isEqualTo(reference.path("iterations").asInt());
            assertThat(fit.logLikelihood())
                    .isCloseTo(reference.path("log_likelihood").asDouble(), within(PRINTED));
            reference
                    .path("class_prior")
                    .fields()
                    .forEachRemaining(prior -> assertThat(
                                    fit.model().prior(data.labels().indexOf(prior.getKey())))
                            .isCloseTo(prior.getValue().asDouble(), within(PRINTED)));
            assertThat(right(data, fit.model()))
                    .isEqualTo(reference.path("correct").asInt());
            reference.path("accuracy_after_iterations").fields().forEachRemaining(after -> {
                Settings few = new Settings(
                        Errors.CONFUSION, reference.path("smoothing").asDouble(), 0, Integer.parseInt(after.getKey()));
                assertThat((double) right(data, fit(data, few).model())
                                / data.items().size())
                        .as("%s after %s iterations", reference.path("smoothing"), after.getKey())
                        .isCloseTo(after.getValue().asDouble(), within(PRINTED));
            });
        }
    }

    @Test
    void withTheDefaultsBluebirdsAreToldFarBetterThanByOneCoin() {
        CrowdData data = CrowdData.of("crowd_bluebirds");
        assertThat(right(data, fit(data, settings(0.01, 1e-6)).model()) / 108.0).isCloseTo(0.8981, within(5e-5));
        Fit oneCoin = fit(data, new Settings(Errors.ONE_COIN, 0.01, 1e-6, 100));
        assertThat(right(data, oneCoin.model()) / 108.0).isCloseTo(0.5833, within(5e-5));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0.01", "3, 1", "4, 0.01", "5, 0"})
    void dividedAnswersGiveTheSameModelAndTheSameBlocksTheSameBits(long seed, double smoothing) {
        Random random = new Random(seed);
        int classes = 2 + random.nextInt(4);
        int workers = 1 + random.nextInt(20);
        AnswerBlock.Builder whole = new AnswerBlock.Builder(classes);
        List<AnswerBlock.Builder> parts = List.of(
                new AnswerBlock.Builder(classes), new AnswerBlock.Builder(classes), new AnswerBlock.Builder(classes));
        for (int item = 0; item < 500; item++) {
            AnswerBlock.Builder part = parts.get(random.nextInt(parts.size()));
            for (int n = random.nextInt(6); n > 0; n--) {
                int worker = random.nextInt(workers);
                int label = random.nextInt(classes);
                whole.answer(worker, label);
                part.answer(worker, label);
            }
            int truth = random.nextInt(10) == 0 ? random.nextInt(classes) : AnswerBlock.NO_TRUTH;
            whole.item(truth);
            part.item(truth);
        }
        List<AnswerBlock> divided = parts.stream()
                .map(part -> AnswerBlock.ofBytes(part.build().toBytes()))
                .toList();
        Settings settings = new Settings(Errors.CONFUSION, smoothing, 0, 12);

        Fit once = fit(workers, List.of(whole.build()), settings);
        Fit again = fit(workers, divided, settings);

        assertThat(again.logLikelihood()).isCloseTo(once.logLikelihood(), within(1e-6));
        assertThat(fit(workers, divided, settings).logLikelihood()).isEqualTo(again.logLikelihood());
        for (int worker = 0; worker < workers; worker++) {
            for (int cell = 0; cell < classes * classes; cell++) {
                assertThat(again.model().probability(worker, cell / classes, cell % classes))
                        .isCloseTo(once.model().probability(worker, cell / classes, cell % classes), within(1e-6));
            }
        }
    }

    @Test
    void aKnownTruthIsKeptAgainstAllVotesAndTeachesWhoErrs() {
        AnswerBlock.Builder block = new AnswerBlock.Builder(2);
        for (int item = 0; item < 20; item++) {
            block.answer(0, item % 2).answer(1, 1 - item % 2).item(item < 10 ? item % 2 : AnswerBlock.NO_TRUTH);
        }
        AnswerBlock answers = block.build();
        DawidSkene model = fit(2, List.of(answers), settings(0.01, 1e-6)).model();
        double[] posterior = new double[2];

        model.posterior(answers, 3, posterior);
        assertThat(posterior).containsExactly(0, 1);
        model.posterior(answers, 13, posterior);
        assertThat(posterior[1]).as("an item of unknown truth").isGreaterThan(0.999);
        assertThat(model.quality(0)).isGreaterThan(0.99);
        assertThat(model.quality(1)).isLessThan(0.01);
    }

    @Test
    void itemsWithoutAnswersHaveThePriorAndWorkersWithoutAnswersGuess() {
        AnswerBlock block = new AnswerBlock.Builder(2)
                .answer(0, 0)
                .item(AnswerBlock.NO_TRUTH)
                .item(AnswerBlock.NO_TRUTH)
                .build();
        DawidSkene model = fit(2, List.of(block), settings(0, 1e-6)).model();
        double[] posterior = new double[2];
        model.posterior(block, 1, posterior);
        assertThat(posterior[0]).isCloseTo(model.prior(0), within(1e-15));
        assertThat(model.probability(1, 0, 1)).isEqualTo(0.5);
    }

    @Test
    void theIntervalOfAQualityHoldsTheTrueOneAboutAsOftenAsItsLevelSays() {
        int workers = 40;
        int held = 0;
        int narrow = 0;
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            AnswerBlock.Builder block = new AnswerBlock.Builder(3);
            for (int item = 0; item < 400; item++) {
                int truth = item % 4 == 0 ? 2 : item % 2;
                for (int n = 0; n < 5; n++) {
                    int worker = (7 * item + 11 * n) % workers;
                    boolean right = random.nextDouble() < 0.6 + 0.35 * worker / workers;
                    block.answer(worker, right ? truth : (truth + 1 + random.nextInt(2)) % 3);
                }
                block.item(AnswerBlock.NO_TRUTH);
            }
            Fit fit = fit(workers, List.of(block.build()), settings(0.01, 1e-6));
            for (int worker = 0; worker < workers; worker++) {
                Interval interval = fit.model().qualityInterval(worker, fit.sums(), 1.959964);
                double quality = 0.6 + 0.35 * worker / workers;
                held += interval.low() <= quality && quality <= interval.high() ? 1 : 0;
                narrow += interval.high() - interval.low() < 0.3 ? 1 : 0;
            }
        }
        assertThat(held / (20.0 * workers)).isBetween(0.9, 0.99);
        assertThat(narrow / (20.0 * workers)).isGreaterThan(0.9);
    }

    @Test
    void aModelArrivesAsItWasSent() throws IOException, ClassNotFoundException {
        CrowdData data = CrowdData.of("crowd_temp_snow2008");
        DawidSkene sent = fit(data, settings(0.01, 1e-6)).model();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(sent);
        }
        DawidSkene arrived;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            arrived = (DawidSkene) in.readObject();
        }
        double[] here = new double[2];
        double[] there = new double[2];
        for (int item = 0; item < data.items().size(); item++) {
            assertThat(arrived.posterior(data.block(), item, there))
                    .isEqualTo(sent.posterior(data.block(), item, here));
            assertThat(there).isEqualTo(here);
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new AnswerBlock.Builder(2).answer(0, 2)).hasMessageContaining("got 0 and 2");
        assertThatThrownBy(() -> new AnswerBlock.Builder(2).item(2)).hasMessageContaining("got 2");
        assertThatThrownBy(() -> new AnswerBlock.Builder(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> settings(-1, 0)).hasMessageContaining("got -1.0");
    }

    private static Settings settings(double smoothing, double tolerance) {
        return new Settings(Errors.CONFUSION, smoothing, tolerance, 1_000);
    }

    private static Fit fit(CrowdData data, Settings settings) {
        return fit(data.workers().size(), List.of(data.block()), settings);
    }

    private static Fit fit(int workers, List<AnswerBlock> blocks, Settings settings) {
        int classes = blocks.get(0).classes();
        Sums start = new Sums(classes, workers);
        blocks.forEach(
                block -> start.add(new Sums(classes, workers).addVotes(block).toBytes()));
        return DawidSkene.fit(
                start,
                model -> {
                    Sums sums = new Sums(classes, workers);
                    blocks.forEach(block -> sums.add(
                            new Sums(classes, workers).addExpected(model, block).toBytes()));
                    return sums;
                },
                settings);
    }

    private static int right(CrowdData data, DawidSkene model) {
        Map<String, String> truth = data.truth();
        double[] posterior = new double[data.labels().size()];
        int right = 0;
        for (int item = 0; item < data.items().size(); item++) {
            model.posterior(data.block(), item, posterior);
            right += data.labels()
                            .get(most(posterior))
                            .equals(truth.get(data.items().get(item)))
                    ? 1
                    : 0;
        }
        return right;
    }

    private static int most(double[] posterior) {
        int most = 0;
        for (int k = 1; k < posterior.length; k++) {
            most = posterior[k] > posterior[most] ? k : most;
        }
        return most;
    }
}
