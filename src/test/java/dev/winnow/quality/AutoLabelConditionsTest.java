package dev.winnow.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.ReviewLog;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Published predictions on images of full and of low contrast: what audits of the clear ones prove labels clear ones, and
 * nothing of the others.
 */
@Tag("slow")
class AutoLabelConditionsTest {
    private static final Path DATA = Path.of("../shared/data/distortion_contrast/predictions.csv.gz");
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");
    private static final String CLEAR = "cr";
    private static final Set<String> DIM = Set.of("c05", "c03");
    private static final double PROMISED = .05;
    private static final String CONFIG = """
            inputs.inferences.dimensions.condition = light
            quality { buckets = [0.5, 0.7, 0.8, 0.9, 0.95], wrong-per-right = %s, auto-labels { share = 1 } }
            """.formatted(PROMISED / (1 - PROMISED));

    private final FakeTables tables = new FakeTables();
    private final List<String> logged = new ArrayList<>();
    private final Set<String> wrong = new HashSet<>();

    private void store(TableDef table, List<String> rows) {
        tables.with(table.name(), Frames.of(table, rows.toArray(String[]::new)));
    }

    /** Half of the clear images were audited the day before; the others, and dim ones, are alarms of the day. */
    private void world() throws IOException {
        Assumptions.assumeTrue(
                Files.exists(DATA),
                () -> "the published data set " + DATA.toAbsolutePath().normalize() + " is not available");
        List<String> selections = new ArrayList<>();
        List<String> candidates = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(DATA)), StandardCharsets.UTF_8))) {
            List<String> header = Arrays.asList(lines.readLine().split(",", -1));
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split(",", -1);
                String condition = fields[header.indexOf("condition")];
                if (!fields[header.indexOf("model")].equals("resnet152")
                        || !(condition.equals(CLEAR) || DIM.contains(condition))) {
                    continue;
                }
                String id = "i" + number++;
                String predicted = fields[header.indexOf("predicted_label")];
                String truth = fields[header.indexOf("true_label")];
                boolean audited = condition.equals(CLEAR) && number % 2 == 0;
                LocalDate day = audited ? DAY.minusDays(1) : DAY;
                String rest =
                        "'inference_id':'%s','image_uri':'s3://b/%1$s.jpg','captured_at':'%sT08:00:00Z','use_case':'dock','model_version':'resnet','site_id':'s','camera_id':'c','predicted_label':'%s','confidence':%s"
                                .formatted(id, day, predicted, fields[header.indexOf("confidence")]);
                if (!audited) {
                    logged.add("{" + rest + ",'event_date':'" + day + "','light':'" + condition + "'}");
                    if (!predicted.equals(truth)) {
                        wrong.add(id);
                    }
                    continue;
                }
                String drawn = "'pipeline':'p','run_date':'" + day + "','run_id':'r','signal':'AUDIT','item_id':'" + id
                        + "'," + rest;
                selections.add(
                        "{" + drawn + ",'round_id':'" + day
                                + ".1','rank':1,'signals':['AUDIT'],'design':'UNIFORM','inclusion_probability':0.5,'reason':'r'}");
                candidates.add("{" + drawn + ",'draw':0.1,'draw_limit':0.5,'dim_condition':'" + condition + "'}");
                labels.add(
                        "{'pipeline':'p','use_case':'dock','item_id':'%s','task':'CLASSIFICATION','label':'%s','method':'MAJORITY','status':'AGREED','answers':3,'posteriors':[]}"
                                .formatted(id, truth));
            }
        }
        candidates.add(candidates.get(0).replace(DAY.minusDays(1).toString(), DAY.toString()));
        store(Selections.TABLE, selections);
        store(Candidates.TABLE.withDimensions(List.of("condition")), candidates);
        store(Labels.TABLE, labels);
    }

    private Map<String, List<Row>> issued(String more) {
        WinnowConfig config = Configs.of(CONFIG + more);
        FakeSources sources = new FakeSources(
                Frames.of(Inferences.TABLE.schema().add("light", DataTypes.StringType), logged.toArray(String[]::new)));
        CameraTable cameras = new CameraTable(sources, config.cameras());
        new LabelQaJob(
                        config,
                        new ReviewLog(new FakeSources(Frames.of(Inferences.TABLE)), config.reviews()),
                        tables,
                        "")
                .run(DAY);
        new AutoLabelsJob(config, new InferenceLog(sources, config.inferences(), cameras), cameras, tables).run(DAY);
        Map<String, String> conditions = new TreeMap<>();
        logged.forEach(row -> conditions.put(
                row.replaceFirst(".*'inference_id':'([^']*)'.*", "$1"),
                row.replaceFirst(".*'light':'([^']*)'.*", "$1")));
        Map<String, List<Row>> issued = new TreeMap<>();
        tables.read(AutoLabels.TABLE)
                .collectAsList()
                .forEach(row -> issued.computeIfAbsent(
                                CLEAR.equals(conditions.get(row.<String>getAs(Inferences.INFERENCE_ID)))
                                        ? "clear"
                                        : "dim",
                                c -> new ArrayList<>())
                        .add(row));
        return issued;
    }

    private double error(List<Row> of) {
        return of.stream()
                        .filter(row -> wrong.contains(row.<String>getAs(Inferences.INFERENCE_ID)))
                        .count()
                / (double) of.size();
    }

    @Test
    void whatIsProvenOnClearImagesLabelsNothingOfTheOthers() throws IOException {
        world();
        Map<String, List<Row>> unguarded = issued("");
        assertThat(error(unguarded.getOrDefault("dim", List.of())))
                .as("what the same thresholds would do to dim images")
                .isGreaterThan(2 * PROMISED);

        Map<String, List<Row>> guarded = issued("quality.auto-labels { dimensions = [condition], min-reviews = 30 }");
        assertThat(guarded).containsOnlyKeys("clear");
        assertThat(guarded.getOrDefault("clear", List.of())).hasSizeGreaterThan(200);
        assertThat(error(guarded.getOrDefault("clear", List.of()))).isLessThan(PROMISED);
        assertThat(tables.read(AutoLabelDays.TABLE)
                        .filter("label <> '__ALL__'")
                        .selectExpr("sum(held_back)")
                        .first()
                        .getLong(0))
                .as("dim alarms above their threshold stay with people")
                .isEqualTo(unguarded.getOrDefault("dim", List.of()).size());
    }
}
