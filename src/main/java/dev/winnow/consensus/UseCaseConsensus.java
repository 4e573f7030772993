package dev.winnow.consensus;

import dev.winnow.config.ConfigException;
import dev.winnow.config.ConsensusSettings;
import dev.winnow.config.ConsensusSettings.Method;
import dev.winnow.consensus.PlantedAnswers.Repeats;
import dev.winnow.ports.TableStore;
import dev.winnow.stats.AgreementSums;
import dev.winnow.stats.Crowdlab;
import dev.winnow.stats.DawidSkene;
import dev.winnow.stats.DawidSkene.Errors;
import dev.winnow.stats.DawidSkene.Fit;
import dev.winnow.stats.DawidSkene.Settings;
import dev.winnow.stats.DawidSkene.Sums;
import dev.winnow.stats.IncompleteBeta;
import dev.winnow.stats.Interval;
import dev.winnow.stats.IntervalMethod;
import dev.winnow.stats.Normal;
import dev.winnow.stats.RobustZ;
import dev.winnow.stats.Votes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * Consensus of one use case whose answers are classes.
 *
 * <p>Driver memory: 8 bytes for each worker and pair of classes, at most {@link #MAX_CELLS} of them, for each of a few
 * models and sums at a time.
 */
final class UseCaseConsensus implements AutoCloseable {
    /** Workers times classes squared; a pass brings back this many numbers from every block. */
    static final long MAX_CELLS = 5_000_000;

    /** Guideline versions, so that their numbers fit a byte. */
    static final int MAX_VERSIONS = 100;

    /** As the reference of the method has it. */
    private static final double TOLERANCE = 1e-6;

    private static final int MAX_ITERATIONS = 100;

    private static final int MIN_GOLD = 10;
    private static final int MIN_FOR_Z = 30;

    private final String pipeline;
    private final Profile profile;
    private final ConsensusSettings settings;
    private final AnswerBlocks blocks;
    private final BlockStatistics statistics;
    private final @Nullable Fit fit;
    private final Rule rule;
    private final Map<String, Repeats> repeats;

    /**
     * Fits the use case; answers are read and grouped here.
     *
     * @param answers of workers and known truths to items of the use case, classes alone, and predictions where the method
     *     asks for them; see {@link AnswerBlocks#of}
     * @param repeats worker to what came of planted repeats
     * @param perBlock answers that are worked on together, about
     * @throws ConfigException if there are too many workers and classes for the method
     */
    UseCaseConsensus(
            String pipeline,
            Profile profile,
            ConsensusSettings settings,
            Dataset<Row> answers,
            Map<String, Repeats> repeats,
            long perBlock,
            TableStore tables) {
        this.pipeline = pipeline;
        this.profile = profile;
        this.settings = settings;
        this.repeats = Map.copyOf(repeats);
        requireBounded();
        this.blocks = AnswerBlocks.of(
                answers,
                profile.answers(),
                profile.workers(),
                profile.classes(),
                profile.versions(),
                settings.allowRepeats(),
                perBlock,
                tables);
        int classes = profile.classes().size();
        int workers = profile.workers().size();
        int versions = profile.versions().size();
        BlockStatistics all = new BlockStatistics(classes, workers, versions);
        blocks.whole(block -> new BlockStatistics(classes, workers, versions)
                        .add(block)
                        .toBytes())
                .forEach(all::add);
        this.statistics = all;
        this.fit = fitted(classes, workers);
        this.rule = rule();
    }

    private boolean isModel() {
        return settings.method() == Method.DAWID_SKENE || settings.method() == Method.ONE_COIN;
    }

    private void requireBounded() {
        long workers = profile.workers().size();
        long classes = profile.classes().size();
        if (isModel() && workers * classes * classes > MAX_CELLS) {
            throw new ConfigException(String.format(
                    Locale.ROOT,
                    "consensus.%s: %,d annotators and %,d classes are more than the method can hold (annotators times"
                            + " classes squared at most %,d); choose method = weighted-majority or majority",
                    profile.useCase(),
                    workers,
                    classes,
                    MAX_CELLS));
        }
        if (profile.versions().size() > MAX_VERSIONS) {
            throw new ConfigException("answers of use case " + profile.useCase() + " name "
                    + profile.versions().size() + " guideline versions, at most " + MAX_VERSIONS
                    + " are told apart; map guideline_version to what really changed");
        }
    }

    private @Nullable Fit fitted(int classes, int workers) {
        if (!isModel()) {
            return null;
        }
        Sums start = new Sums(classes, workers);
        blocks.answers(block -> new Sums(classes, workers).addVotes(block).toBytes())
                .forEach(start::add);
        Errors errors = settings.method() == Method.ONE_COIN ? Errors.ONE_COIN : Errors.CONFUSION;
        return DawidSkene.fit(
                start,
                model -> {
                    Sums sums = new Sums(classes, workers);
                    blocks.answers(block -> new Sums(classes, workers)
                                    .addExpected(model, block)
                                    .toBytes())
                            .forEach(sums::add);
                    return sums;
                },
                new Settings(errors, settings.smoothing(), TOLERANCE, MAX_ITERATIONS));
    }

    private Rule rule() {
        if (fit != null) {
            return Rule.posterior(fit.model());
        }
        if (settings.method() == Method.CROWDLAB) {
            int classes = profile.classes().size();
            int workers = profile.workers().size();
            Crowdlab.Sums sums = new Crowdlab.Sums(classes, workers);
            blocks.answers(block ->
                            new Crowdlab.Sums(classes, workers).add(block).toBytes())
                    .forEach(sums::add);
            return Rule.posterior(Crowdlab.of(sums));
        }
        if (settings.method() == Method.WEIGHTED_MAJORITY) {
            int classes = Math.max(2, profile.classes().size());
            return Rule.weighted(IntStream.range(0, profile.workers().size())
                    // One right and one wrong answer more than seen: few answers prove neither skill nor its lack.
                    .mapToLong(worker -> Votes.weight(
                            (statistics.peerRight(worker) + 1.0) / (statistics.peerAnswers(worker) + 2.0), classes))
                    .toArray());
        }
        return Rule.majority();
    }

    /** One row for each item, shaped like {@link Labels}. */
    Dataset<Row> labels() {
        ClassLabels labels = new ClassLabels(
                pipeline, profile.useCase(), settings, profile.classes().names(), rule);
        return blocks.rows(labels::of, Labels.TABLE.schema());
    }

    /** One row for each worker, shaped like {@link Annotators}. */
    List<Row> annotators() {
        int workers = profile.workers().size();
        double[] peers = scores(worker -> ratio(statistics.peerRight(worker), statistics.peerAnswers(worker)));
        double[] seconds = scores(worker -> orNaN(profile.secondsPerAnswer(worker)));
        double[] distance = scores(profile::classDistance);
        RobustZ peersZ = RobustZ.of(numbers(peers));
        RobustZ secondsZ = RobustZ.of(numbers(seconds));
        RobustZ distanceZ = RobustZ.of(numbers(distance));
        List<Row> rows = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            Double peerZ = z(peersZ, peers[worker]);
            Double secondZ = z(secondsZ, seconds[worker]);
            Double classZ = z(distanceZ, distance[worker]);
            long gold = statistics.goldAnswers(worker);
            long right = statistics.goldRight(worker);
            Interval goldInterval = gold == 0 ? null : gold(right, gold);
            Interval quality = fit == null
                    ? null
                    : fit.model().qualityInterval(worker, fit.sums(), Normal.twoSided(settings.level()));
            List<String> flags = new ArrayList<>();
            if (goldInterval != null && gold >= MIN_GOLD && goldInterval.high() < settings.requiredGoldScore()) {
                flags.add("GOLD_LOW");
            }
            flag(flags, "PEERS", peerZ);
            flag(flags, "SECONDS", secondZ);
            flag(flags, "CLASSES", classZ);
            Repeats asked = repeats.getOrDefault(profile.workers().name(worker), Repeats.NONE);
            Interval self = asked.repeats() == 0
                    ? null
                    : IntervalMethod.WILSON.of((double) asked.same(), (double) asked.repeats(), settings.level());
            rows.add(RowFactory.create(
                    pipeline,
                    profile.useCase(),
                    profile.workers().name(worker),
                    statistics.answers(worker),
                    fit == null ? null : Math.min(1, fit.model().quality(worker)),
                    quality == null ? null : quality.low(),
                    quality == null ? null : quality.high(),
                    confusion(worker),
                    statistics.peerAnswers(worker),
                    nullable(ratio(statistics.peerRight(worker), statistics.peerAnswers(worker))),
                    peerZ,
                    profile.secondsPerAnswer(worker),
                    secondZ,
                    profile.classDistance(worker),
                    classZ,
                    gold,
                    right,
                    gold == 0 ? null : (1.0 + right) / (2.0 + gold),
                    goldInterval == null ? null : goldInterval.low(),
                    goldInterval == null ? null : goldInterval.high(),
                    flags.toArray(String[]::new),
                    asked.repeats(),
                    asked.same(),
                    nullable(ratio(asked.same(), asked.repeats())),
                    self == null ? null : self.low(),
                    self == null ? null : self.high()));
        }
        return rows;
    }

    /** Equal-tailed interval of Beta(1 + right, 1 + wrong). */
    private Interval gold(long right, long answers) {
        double tail = (1 - settings.level()) / 2;
        double a = 1.0 + right;
        double b = 1.0 + answers - right;
        return new Interval(IncompleteBeta.quantile(tail, a, b), IncompleteBeta.quantile(1 - tail, a, b));
    }

    private Row[] confusion(int worker) {
        List<Row> cells = new ArrayList<>();
        int classes = profile.classes().size();
        for (int truth = 0; fit != null && truth < classes; truth++) {
            for (int answer = 0; answer < classes; answer++) {
                cells.add(RowFactory.create(
                        profile.classes().name(truth),
                        profile.classes().name(answer),
                        fit.model().probability(worker, truth, answer)));
            }
        }
        return cells.toArray(Row[]::new);
    }

    /** A value of every worker with enough answers to be compared; NaN for the others. */
    private double[] scores(IntToDoubleFunction value) {
        return IntStream.range(0, profile.workers().size())
                .mapToDouble(
                        worker -> statistics.answers(worker) < MIN_FOR_Z ? Double.NaN : value.applyAsDouble(worker))
                .toArray();
    }

    private static double[] numbers(double[] values) {
        return Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
    }

    private static @Nullable Double z(RobustZ all, double value) {
        return Double.isNaN(value) ? null : all.of(value);
    }

    private static void flag(List<String> flags, String name, @Nullable Double z) {
        if (z != null && Math.abs(z) > RobustZ.OUTLIER) {
            flags.add(name);
        }
    }

    private static double ratio(long part, long of) {
        return of == 0 ? Double.NaN : (double) part / of;
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private static @Nullable Double nullable(double value) {
        return Double.isNaN(value) ? null : value;
    }

    /** One row for each guideline version and one for all answers, shaped like {@link Agreements}. */
    List<Row> agreement() {
        List<Row> rows = new ArrayList<>();
        int versions = profile.versions().size();
        for (int version = 0; version <= versions; version++) {
            if (version < versions && !profile.isAnswered(version)) {
                continue;
            }
            List<AgreementSums> groups = statistics.agreement(version);
            AgreementSums sums = new AgreementSums(profile.classes().size());
            groups.forEach(sums::add);
            Interval interval = AgreementSums.jackknife(groups, AgreementSums::alpha, settings.level());
            rows.add(RowFactory.create(
                    pipeline,
                    profile.useCase(),
                    version == versions ? Agreements.ALL : profile.versions().name(version),
                    sums.items(),
                    sums.answers(),
                    sums.overPairs(),
                    sums.alpha(),
                    interval == null ? null : interval.low(),
                    interval == null ? null : interval.high(),
                    sums.fleiss()));
        }
        return rows;
    }

    /** What a person wants to know. */
    String sentence() {
        String by = settings.method().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return String.format(
                Locale.ROOT,
                "%s: %,d answers of %,d annotators, %s%s",
                profile.useCase(),
                profile.answers(),
                profile.workers().size(),
                by,
                fit == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                " %s after %d iterations",
                                fit.converged() ? "converged" : "ended without converging",
                                fit.iterations()));
    }

    @Override
    public void close() {
        blocks.close();
    }
}
