package dev.winnow.quality;

import dev.winnow.config.QualitySettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.quality.AutoLabelClass.Decision;
import dev.winnow.quality.AutoLabelClass.Earlier;
import dev.winnow.quality.AutoLabelClass.Proven;
import dev.winnow.quality.AutoLabelClass.Status;
import dev.winnow.quality.AutoLabelEvidence.Audits;
import dev.winnow.quality.AutoLabelTotals.Alarms;
import dev.winnow.quality.AutoLabelTotals.Before;
import dev.winnow.quality.AutoLabelTotals.Spent;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;

/**
 * Labels the day's alarms without people where a threshold of their class is proven, and says what that saves.
 *
 * <p>One pass over the day's inferences, of which a share is drawn by hash; nothing is shuffled but counts. A label is issued
 * only for the model version of the proof, in no segment that is elevated, and in no value of a configured dimension that
 * audits have not seen often enough. What the audit draws stays with people. The thresholds go nowhere else: which alarms
 * are near the decision boundary is still said by the configured alarm threshold.
 *
 * <p>The driver holds a row for each class and each of its audited values of dimensions, at most {@value #MAX_ROWS}.
 */
public final class AutoLabelsJob implements Stage {
    private static final String NAME = "auto-labels";
    private static final int MAX_ROWS = 1_000_000;

    private final WinnowConfig config;
    private final QualitySettings.AutoLabels settings;
    private final InferenceLog inferences;
    private final CameraTable cameras;
    private final TableStore tables;
    private final double limit;

    /** Creates the job over the inference log and its tables. */
    public AutoLabelsJob(WinnowConfig config, InferenceLog inferences, CameraTable cameras, TableStore tables) {
        this.config = config;
        this.settings = config.quality().autoLabels();
        this.inferences = inferences;
        this.cameras = cameras;
        this.tables = tables;
        this.limit = new Walks(
                        new Buckets(config.quality().buckets()),
                        config.quality().wrongPerRight())
                .limit();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        List<String> dimensions = new ArrayList<>(inferences.dimensions());
        dimensions.addAll(cameras.dimensions());
        AutoLabelEvidence evidence = new AutoLabelEvidence(config, dimensions, tables);
        AutoLabelDraw draw = new AutoLabelDraw(config, inferences, cameras, dimensions, tables);
        SortedMap<ClassKey, Proven> proven = evidence.proven();
        List<Row> last = evidence.last(day);
        SortedMap<ClassKey, Earlier> earlier = evidence.earlier(last, day);
        SortedMap<ClassKey, Spent> spent = evidence.spent();
        SortedMap<ClassKey, AutoLabelClass> classes = new TreeMap<>();
        proven.forEach((key, proof) -> classes.put(key, AutoLabelClass.of(day, proof, earlier.get(key))));
        earlier.forEach(
                (key, before) -> classes.computeIfAbsent(key, unproven -> AutoLabelClass.of(day, null, before)));
        SortedMap<ClassKey, Audits> audits = evidence.audits(day, classes);
        SortedMap<ClassKey, Decision> decisions = new TreeMap<>();
        classes.forEach((key, one) -> decisions.put(key, decide(day, key, one, audits, spent)));
        Dataset<Row> drawn = draw.alarms(day, issued(classes, decisions), seen(decisions, audits))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            SortedMap<ClassKey, Alarms> alarms = AutoLabelDraw.counts(drawn);
            alarms.keySet().forEach(key -> {
                if (!classes.containsKey(key)) {
                    AutoLabelClass one = AutoLabelClass.of(day, null, null);
                    classes.put(key, one);
                    decisions.put(key, decide(day, key, one, audits, spent));
                }
            });
            long written = tables.replace(AutoLabels.TABLE, draw.labels(day, drawn), scope(day));
            SortedMap<ClassKey, LocalDate> quarantined = new TreeMap<>();
            decisions.forEach((key, decision) -> {
                if (decision.quarantinedFrom() != null) {
                    quarantined.put(key, decision.quarantinedFrom());
                }
            });
            SortedMap<ClassKey, Before> before = evidence.before(last, day, quarantined);
            AutoLabelRows rows =
                    new AutoLabelRows(config.pipeline(), day, classes, decisions, audits, spent, alarms, before);
            written += tables.replace(AutoLabelDays.TABLE, tables.frame(AutoLabelDays.TABLE, rows.rows()), scope(day));
            new VoidLabels(config.pipeline(), tables).mark();
            long read = alarms.values().stream().mapToLong(Alarms::wanted).sum();
            DayInput input = inferences.day(day).and(cameras.files());
            return new Report(read, written, 0, 1, input.fingerprint(), rows.sentences());
        } finally {
            drawn.unpersist();
        }
    }

    private Decision decide(
            LocalDate day,
            ClassKey key,
            AutoLabelClass one,
            SortedMap<ClassKey, Audits> audits,
            SortedMap<ClassKey, Spent> spent) {
        Audits audited = audits.getOrDefault(key, new Audits());
        Spent people = spent.getOrDefault(key, Spent.NONE);
        return one.decide(
                day, people.reviews() + people.audits(), audited.whole, audited.segments, limit, settings.maxAgeDays());
    }

    private Map<String, Object> scope(LocalDate day) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(AutoLabels.PIPELINE, config.pipeline());
        scope.put(AutoLabels.RUN_DATE, day);
        return scope;
    }

    static List<Row> collect(Dataset<Row> rows, String what) {
        return BoundedRows.collect(
                rows,
                MAX_ROWS,
                "what is labeled without people has",
                what,
                "name dimensions with few values in quality.auto-labels.dimensions");
    }

    private static List<Row> issued(
            SortedMap<ClassKey, AutoLabelClass> classes, SortedMap<ClassKey, Decision> decisions) {
        List<Row> issued = new ArrayList<>();
        classes.forEach((key, one) -> {
            Proven proven = one.proven();
            if (proven != null && isIssued(decisions, key)) {
                issued.add(RowFactory.create(
                        key.useCase(), key.modelVersion(), key.label(), proven.threshold(), proven.bound()));
            }
        });
        return issued;
    }

    private static boolean isIssued(SortedMap<ClassKey, Decision> decisions, ClassKey key) {
        return Objects.requireNonNull(decisions.get(key)).status() == Status.ISSUED;
    }

    private static List<Row> seen(SortedMap<ClassKey, Decision> decisions, SortedMap<ClassKey, Audits> audits) {
        List<Row> seen = new ArrayList<>();
        audits.forEach((key, of) -> {
            if (isIssued(decisions, key)) {
                seen.addAll(of.seen);
            }
        });
        return seen;
    }
}
