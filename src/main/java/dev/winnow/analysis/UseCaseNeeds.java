package dev.winnow.analysis;

import dev.winnow.analysis.ClassNeed.Action;
import dev.winnow.analysis.ClassNeed.Field;
import dev.winnow.analysis.ClassNeed.Rates;
import dev.winnow.analysis.ClassNeed.Trained;
import dev.winnow.analysis.SeenShares.Seen;
import dev.winnow.config.ImbalanceSettings;
import dev.winnow.config.SegmentSettings;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.stats.BetaBinomial;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.Divergence;
import dev.winnow.stats.FalseDiscovery;
import dev.winnow.stats.NeedScore;
import dev.winnow.stats.OneSidedTests;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says which classes of one use case are short of training data.
 *
 * <p>A class is thin when its effective number of training samples is far below the median one; that is counted, not
 * estimated. Its errors are high when one of two tests says so: its error rate is above that of the other classes, or,
 * for a thin class, it is on more of the misclassified images than its share of the training set explains. The second
 * test finds classes that the model takes for others, so that their errors are charged to those. Both are held against a
 * margin ({@code times}), respect cameras, and are corrected for each other (Bonferroni) and for the number of classes
 * looked at. Shares of classes compete, so that the tests depend on each other negatively: the correction is that of
 * Benjamini and Yekutieli. Classes, new words and conditions are three families, so that many of one kind take nothing
 * from another.
 */
final class UseCaseNeeds {
    /** Share in the field. */
    static final String FIELD = "FIELD";

    /** Share of marked errors. */
    static final String ERRORS = "ERRORS";

    /** Share of misclassified images. */
    static final String SEEN = "SEEN";

    /** New words that are listed, the most frequent first; all of them count as looked at. */
    private static final int MAX_WORDS = 200;

    /**
     * All that is known of a use case.
     *
     * @param training counts by class, of this use case or of every one; empty where the training set is not known
     * @param trainingDimensions dimensions by which the training set is counted
     * @param errors marked errors; null without cells
     * @param labels further classes that the model can name
     * @param images misclassified images of the sample, each once, in the same order in every run
     * @param checked what people say of images, in the same order in every run
     * @param frames frames of the window, those without output too; 0 where they are not counted
     */
    record Known(
            List<TrainingSet.Count> training,
            Collection<String> trainingDimensions,
            ErrorSums.@Nullable OfUseCase errors,
            Collection<String> labels,
            List<LookedAt> images,
            List<Checked> checked,
            long frames) {}

    /** What is known of a row before rows are compared. */
    private record Evidence(
            ClassAt at,
            boolean known,
            @Nullable ClassErrors errors,
            @Nullable Rates rates,
            @Nullable Seen seen,
            @Nullable Double pValue) {}

    private record Needed(NeedScore score, String basis) {}

    private final ImbalanceSettings settings;
    private final SegmentSettings rates;
    private final Known given;
    private final TrainingShares training;
    private final Set<String> classes = new TreeSet<>();
    private final Map<ClassAt, ClassErrors> errors = new HashMap<>();
    private final ClusterSums all;
    private final double icc;
    private final long alarms;
    private final Synonyms.Vocabulary words;
    private final SeenShares seen;
    private final FieldShares field;

    /** Prepares the use case. */
    UseCaseNeeds(ImbalanceSettings settings, SegmentSettings rates, Synonyms synonyms, Known given) {
        this.settings = settings;
        this.rates = rates;
        this.given = given;
        this.training = new TrainingShares(settings, given.training(), given.trainingDimensions());
        given.training().forEach(count -> classes.add(count.label()));
        classes.addAll(given.labels());
        this.all = given.errors() == null ? ClusterSums.EMPTY : given.errors().all();
        if (given.errors() != null) {
            for (ClassErrors of : given.errors().classes()) {
                errors.put(of.at(), of);
                if (of.alarms() > 0) {
                    classes.add(of.at().label());
                }
            }
        }
        this.alarms = errors.values().stream()
                .filter(of -> of.at().isWhole())
                .mapToLong(ClassErrors::alarms)
                .sum();
        Double resemblance = all.intraClassCorrelation();
        this.icc = resemblance == null ? 0 : resemblance;
        this.words = synonyms.of(classes);
        this.seen = new SeenShares(given.images(), given.checked(), words, settings, rates.confidenceLevel());
        this.field = new FieldShares(given.checked(), words, settings.minChecked(), rates.confidenceLevel());
    }

    /** Returns the needs of all classes, of new ones, and of classes under conditions; by class and condition. */
    List<ClassNeed> find() {
        Map<ClassAt, ClassNeed> needs = new TreeMap<>(ClassAt.ORDER);
        Map<String, Double> bits = contributions();
        Map<String, Double> shrunk = new HashMap<>();
        List<Evidence> whole = classes();
        whole.forEach(of -> {
            if (of.rates != null) {
                shrunk.put(of.at.label(), of.rates.shrunk());
            }
        });
        decide(whole, whole.size(), bits, needs);
        words(bits, needs);
        List<Evidence> conditions = conditions(shrunk);
        decide(conditions, conditions.size(), bits, needs);
        return List.copyOf(needs.values());
    }

    /** How far training is from the field, or else from the errors, in bits; null where either is not known. */
    @Nullable
    Double jensenShannon() {
        return comparable() ? Divergence.jensenShannon(fieldShares(), trainingShares()) : null;
    }

    /** Whose shares training is held against: FIELD or ERRORS. */
    String divergenceOf() {
        return field.known() ? FIELD : ERRORS;
    }

    /** Images that the audit holds. */
    int auditedImages() {
        return field.images();
    }

    // ---- the three families

    private List<Evidence> classes() {
        BetaBinomial prior = prior();
        List<Evidence> evidence = new ArrayList<>();
        for (String label : classes) {
            ClassAt at = ClassAt.whole(label);
            Trained trained = training.of(at);
            // A class may show on as many wrong images as it was trained on or alarms: what is common is no error yet.
            double fair = trained == null
                    ? 1
                    : Math.min(1, settings.times() * Math.max(trained.effectiveShare(), shareOfAlarms(label)));
            Seen images = seen.of(label, fair);
            ClassErrors own = errors.get(at);
            Double more = trained != null && trained.thin() ? images.pValue() : null;
            evidence.add(new Evidence(
                    at,
                    true,
                    own,
                    rates(own, prior),
                    given.images().isEmpty() ? null : images,
                    either(higherRate(own), more)));
        }
        return evidence;
    }

    /** Words for what no class of the model means; those that were seen too rarely count as looked at. */
    private void words(Map<String, Double> bits, Map<ClassAt, ClassNeed> needs) {
        Map<String, ClassErrors> missedBy = missed();
        Set<String> unknown = new TreeSet<>(seen.labels());
        unknown.addAll(missedBy.keySet());
        unknown.removeAll(classes);
        List<Evidence> evidence = new ArrayList<>();
        for (String word : unknown) {
            ClassAt at = ClassAt.whole(word);
            Seen images = seen.of(word, 0);
            ClassErrors missed = missedBy.get(word);
            // People who write a word have seen it; a model may have made it up.
            boolean byPeople = seen.namedOften(images) || (missed != null && reported(missed));
            if (byPeople || seen.supported(images)) {
                evidence.add(new Evidence(
                        at,
                        false,
                        missed,
                        rates(missed, BetaBinomial.JEFFREYS),
                        images,
                        byPeople ? Double.valueOf(0) : images.pValue()));
            }
        }
        evidence.sort(Comparator.comparingLong(
                        (Evidence of) -> -Objects.requireNonNull(of.seen).images())
                .thenComparing(of -> of.at.label()));
        decide(evidence.subList(0, Math.min(MAX_WORDS, evidence.size())), unknown.size(), bits, needs);
    }

    /** Misses of what is no class of the model, by the word that it means; of several spellings the most frequent. */
    private Map<String, ClassErrors> missed() {
        Map<String, ClassErrors> missed = new TreeMap<>();
        errors.values().stream()
                .filter(of -> of.at().isWhole() && !classes.contains(of.at().label()))
                .sorted(Comparator.comparingLong(ClassErrors::missed)
                        .reversed()
                        .thenComparing(ClassErrors::at, ClassAt.ORDER))
                .forEach(of -> words.classOf(of.at().label()).ifPresent(word -> missed.putIfAbsent(word, of)));
        return missed;
    }

    private boolean reported(ClassErrors missed) {
        return missed.missed() >= settings.minImages() && missed.own().clusters() >= settings.minCameras();
    }

    private List<Evidence> conditions(Map<String, Double> shrunk) {
        Set<ClassAt> keys = new TreeSet<>(ClassAt.ORDER);
        Stream.concat(training.keys().stream(), errors.keySet().stream())
                .filter(at -> !at.isWhole() && classes.contains(at.label()))
                .forEach(keys::add);
        List<Evidence> evidence = new ArrayList<>();
        for (ClassAt at : keys) {
            Double mean = shrunk.get(at.label());
            BetaBinomial prior =
                    mean == null || mean <= 0 || mean >= 1 ? BetaBinomial.JEFFREYS : BetaBinomial.JEFFREYS.around(mean);
            ClassErrors own = errors.get(at);
            evidence.add(new Evidence(at, true, own, rates(own, prior), null, higherRate(own)));
        }
        return evidence;
    }

    // ---- evidence

    private BetaBinomial prior() {
        double[] x = new double[classes.size()];
        double[] n = new double[classes.size()];
        int at = 0;
        for (String label : classes) {
            ClassErrors own = errors.get(ClassAt.whole(label));
            Double rate = own == null ? null : own.own().rate();
            if (own != null && rate != null) {
                n[at] = own.own().ownEffectiveTrials(icc);
                x[at] = rate * n[at];
            }
            at++;
        }
        return BetaBinomial.fit(x, n);
    }

    private @Nullable Rates rates(@Nullable ClassErrors own, BetaBinomial prior) {
        Double rate = own == null ? null : own.own().rate();
        if (own == null || rate == null) {
            return null;
        }
        double trials = own.own().effectiveTrials(icc);
        return new Rates(
                rate,
                own.own().interval(rates.interval(), rates.confidenceLevel(), icc),
                trials,
                prior.shrunk(rate * trials, trials),
                own.rest().rate(),
                all.x() == 0 ? 0 : (double) own.own().x() / all.x());
    }

    private double shareOfAlarms(String label) {
        ClassErrors own = errors.get(ClassAt.whole(label));
        return own == null || alarms == 0 ? 0 : (double) own.alarms() / alarms;
    }

    private @Nullable Double higherRate(@Nullable ClassErrors own) {
        return own == null || own.own().n() < rates.minJudged()
                ? null
                : OneSidedTests.clustered(own.own(), own.rest(), icc, settings.times());
    }

    /** The p-value of two tests of the same (Bonferroni); of one where the other can't be made. */
    private static @Nullable Double either(@Nullable Double one, @Nullable Double other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.min(1, 2 * Math.min(one, other));
    }

    // ---- decisions

    private void decide(
            List<Evidence> evidence, int lookedAt, Map<String, Double> bits, Map<ClassAt, ClassNeed> needs) {
        double[] p = evidence.stream()
                .filter(of -> of.pValue != null)
                .mapToDouble(of -> Objects.requireNonNull(of.pValue))
                .toArray();
        double[] q = FalseDiscovery.benjaminiYekutieli(p, lookedAt);
        int at = 0;
        for (Evidence of : evidence) {
            needs.put(of.at, need(of, of.pValue == null ? null : Double.valueOf(q[at++]), bits));
        }
    }

    private ClassNeed need(Evidence of, @Nullable Double q, Map<String, Double> bits) {
        boolean high = q != null && q <= settings.falseShare();
        Field share = of.at.isWhole() ? field.of(of.at.label()) : null;
        Trained trained = of.known ? training.of(of.at) : null;
        Needed needed = needed(of, share);
        long found = found(of, share);
        Long wanted = training.wanted(of.at);
        Double divergence = of.at.isWhole() ? bits.get(of.at.label()) : null;
        return new ClassNeed(
                of.at,
                of.known,
                trained,
                of.errors,
                of.rates,
                of.seen,
                share,
                divergence,
                divergence == null ? null : divergenceOf(),
                needed == null ? null : needed.score,
                needed == null ? null : needed.basis,
                of.pValue,
                q,
                high,
                found,
                wanted,
                action(of, trained, high, found, wanted));
    }

    private @Nullable Action action(
            Evidence of, @Nullable Trained trained, boolean high, long found, @Nullable Long wanted) {
        if (!of.known) {
            // A class that raised no alarm lately is none that the model lacks.
            boolean told = training.known() || !given.labels().isEmpty();
            return !told ? null : high ? Action.DEFINE_CLASS : Action.OK;
        }
        if (trained == null || wanted == null) {
            return null;
        }
        if (!high) {
            return Action.OK;
        }
        if (!trained.thin()) {
            return Action.LABEL_QA;
        }
        return found < settings.synthesizeBelow() * wanted ? Action.SYNTHETIC : Action.LABEL_MORE;
    }

    /**
     * The need score. Share in the field x error rate of the class is share of the errors x error rate of all, so the
     * latter stands in where the share in the field is not known.
     */
    private @Nullable Needed needed(Evidence of, @Nullable Field share) {
        Double overall = all.rate();
        Double trained = training.shareOfNeed(of.at);
        if (overall == null || trained == null) {
            return null;
        }
        if (share != null) {
            double rate = of.rates == null ? overall : of.rates.shrunk();
            return new Needed(new NeedScore(share.share(), rate, trained), FIELD);
        }
        double charged = of.rates == null ? 0 : of.rates.shareOfErrors();
        double onImages = of.seen == null ? 0 : of.seen.atLeast();
        return new Needed(
                new NeedScore(Math.max(charged, onImages), overall, trained), onImages > charged ? SEEN : ERRORS);
    }

    /** Images of the class in the window: by the audit where there is one, else right alarms and what was missed. */
    private long found(Evidence of, @Nullable Field share) {
        if (share != null && given.frames() > 0) {
            return Math.round(share.perFrame() * given.frames());
        }
        ClassErrors own = of.errors;
        double right = 0;
        double missed = 0;
        if (own != null) {
            long judged = own.wrong() + own.confirmed();
            boolean byAlarms = given.errors() != null && given.errors().byAlarms();
            right = byAlarms || judged == 0
                    ? Math.max(0, own.alarms() - own.wrong())
                    : (double) own.alarms() * own.confirmed() / judged;
            missed = own.missed();
        }
        double onImages = of.seen == null ? 0 : of.seen.atLeast() * all.x();
        return Math.round(right + Math.max(missed, onImages));
    }

    // ---- divergence

    private boolean comparable() {
        return training.known() && (field.known() || all.x() > 0);
    }

    /** Shares of the classes in the field, or else of the errors; half a count is added to each. */
    private double[] fieldShares() {
        return Divergence.smoothed(classes.stream().mapToDouble(this::countOf).toArray());
    }

    private double countOf(String label) {
        Field share = field.of(label);
        ClassErrors own = errors.get(ClassAt.whole(label));
        return share != null
                ? share.share() * share.images()
                : own == null ? 0 : own.own().x();
    }

    private double[] trainingShares() {
        return Divergence.smoothed(classes.stream()
                .mapToDouble(label -> (double) training.samples(label))
                .toArray());
    }

    private Map<String, Double> contributions() {
        Map<String, Double> bits = new HashMap<>();
        if (comparable()) {
            double[] contributions = Divergence.contributions(fieldShares(), trainingShares());
            int at = 0;
            for (String label : classes) {
                bits.put(label, contributions[at++]);
            }
        }
        return bits;
    }
}
