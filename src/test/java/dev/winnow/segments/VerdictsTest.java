package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.inputs.DayRange;
import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.Inferences;
import dev.winnow.testing.Frames;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class VerdictsTest {
    private static final LocalDate FIRST = LocalDate.parse("2026-10-01");
    private static final List<Integer> AGES = List.of(0, 1, 3);

    private static final int HORIZON = 3;

    /** No test looks at a later day. */
    private static final int LAST = 9;

    private final List<String> inferences = new ArrayList<>();
    private final List<String> feedback = new ArrayList<>();
    private final List<List<String>> together = new ArrayList<>();

    private static LocalDate day(int number) {
        return FIRST.plusDays(number - 1L);
    }

    /** An inference of camera {@code c} at a time of a day such as {@code 1 10:00:00}. */
    private void inference(String id, String image, String time, String... changes) {
        String[] dayAndTime = time.split(" ", 2);
        LocalDate date = day(Integer.parseInt(dayAndTime[0]));
        inferences.add(json(
                Map.of(
                        "inference_id", id,
                        "image_uri", image,
                        "captured_at", date + "T" + dayAndTime[1] + "Z",
                        "event_date", date.toString(),
                        "use_case", "u",
                        "model_version", "m",
                        "site_id", "s",
                        "camera_id", "c",
                        "predicted_label", "car",
                        "confidence", "0.5"),
                changes));
    }

    /** A mark that arrives on a day at noon; later ids are later. */
    private void mark(String id, int arrival, String verdict, String... changes) {
        feedback.add(json(
                Map.of(
                        "feedback_id",
                        id,
                        "verdict",
                        verdict,
                        "reported_at",
                        day(arrival) + "T12:00:00Z",
                        "reported_date",
                        day(arrival).toString()),
                changes));
    }

    private static String json(Map<String, String> fields, String... changes) {
        Map<String, String> all = new TreeMap<>(fields);
        for (String change : changes) {
            String[] nameAndValue = change.split("=", 2);
            all.put(nameAndValue[0], nameAndValue[1]);
        }
        List<String> texts = new ArrayList<>();
        all.forEach((name, value) -> {
            if (name.equals("confidence")) {
                texts.add("'confidence':" + value);
            } else if (!value.equals("null")) {
                texts.add("'" + name + "':'" + value + "'");
            }
        });
        return "{" + String.join(",", texts) + "}";
    }

    /** What one day adds: event day, camera, model, label, bin, then false positive, confirmed, relabeled, missed. */
    private List<String> counted(int number) {
        List<String> alone = lines(counts(new DayRange(day(number), day(number)), number));
        if (together.isEmpty()) { // all days of a test in one go must say the same as each alone
            Dataset<Row> all = counts(new DayRange(day(1), day(LAST)), 0).localCheckpoint();
            for (int n = 1; n <= LAST; n++) {
                together.add(lines(all.filter(col("arrival_date").equalTo(lit(day(n))))));
            }
        }
        assertThat(together.get(number - 1)).as("day %d among others", number).isEqualTo(alone);
        return alone;
    }

    private static List<String> lines(Dataset<Row> counts) {
        return counts.drop("arrival_date").collectAsList().stream()
                .map(r -> (r.getLocalDate(0).toEpochDay() - FIRST.toEpochDay() + 1) + " "
                        + r.mkString(" ").substring(11))
                .sorted()
                .toList();
    }

    /** Signed counts of the days; {@code searchedAlone} is the one day, or 0 where all inferences are at hand anyway. */
    private Dataset<Row> counts(DayRange days, int searchedAlone) {
        Verdicts verdicts = new Verdicts(days, AGES, 60, List.of());
        Dataset<Row> relevant = verdicts.relevant(Frames.of(Feedback.TABLE, feedback.toArray(String[]::new))
                        .filter(col("reported_date").between(lit(days.first().minusDays(HORIZON)), lit(days.last())))
                        .withColumn("seen_from", col("reported_date"))
                        .withColumn("seen_until", date_add(col("reported_date"), HORIZON)))
                .localCheckpoint();
        Lookup lookup = verdicts.lookup(relevant);
        Dataset<Row> searched = Frames.of(Inferences.TABLE, inferences.toArray(String[]::new))
                .filter(
                        searchedAlone == 0
                                ? lit(true)
                                : col("event_date")
                                        .isin(verdicts.eventDates(relevant).toArray()))
                .filter(lookup.mayBeNamed());
        Dataset<Row> matched = verdicts.matched(relevant, lookup, searched).localCheckpoint();
        Dataset<Row> unplaced = verdicts.unmatched(relevant, matched)
                .filter("verdict = 'MISSED' and camera_id is not null")
                .withColumn("site_id", lit("s"));
        return verdicts.signedCounts(matched, unplaced)
                .select(
                        "event_date",
                        "camera_id",
                        "model_version",
                        "label",
                        "confidence_bin",
                        "false_positives",
                        "confirmed",
                        "relabeled",
                        "missed",
                        "arrival_date");
    }

    @Test
    void aMarkWithItsDateCountsOnTheDayItArrives() {
        inference("i1", "u1", "1 10:00:00");
        mark("f1", 3, "FALSE_POSITIVE", "inference_id=i1", "event_date=" + day(1));

        assertThat(counted(2)).isEmpty();
        assertThat(counted(3)).containsExactly("1 c m car 10 1 0 0 0");
        assertThat(counted(4)).isEmpty();
    }

    @Test
    void aMarkWithoutADateCountsOnceOnTheFirstCatchUpAgeThatIsNotBeforeItsArrival() {
        inference("i1", "u1", "1 10:00:00");
        inference("i2", "u2", "2 10:00:00");
        mark("f1", 3, "CONFIRMED", "inference_id=i1");
        mark("f2", 2, "CONFIRMED", "inference_id=i2");

        assertThat(counted(5)).isEmpty();
        assertThat(counted(4)).containsExactly("1 c m car 10 0 1 0 0");
        assertThat(counted(3)).isEmpty();
        assertThat(counted(2)).containsExactly("2 c m car 10 0 1 0 0");
    }

    @Test
    void aMarkThatIsDatedBeforeItsImageCountsOnTheDayOfTheImage() {
        inference("i1", "u1", "2 00:00:10");
        mark("f1", 1, "FALSE_POSITIVE", "inference_id=i1", "event_date=" + day(2));
        mark("f2", 1, "CONFIRMED", "inference_id=i1");

        assertThat(counted(1)).isEmpty();
        assertThat(counted(2)).containsExactly("2 c m car 10 0 1 0 0");
        assertThat(counted(3)).isEmpty();
    }

    @Test
    void aMarkOlderThanTheHorizonDoesNotCount() {
        inference("i1", "u1", "1 10:00:00");
        mark("f1", 5, "CONFIRMED", "inference_id=i1");
        mark("f2", 5, "CONFIRMED", "inference_id=i1", "event_date=" + day(1));

        for (int number = 4; number <= 9; number++) {
            assertThat(counted(number)).isEmpty();
        }
    }

    @Test
    void aChangedVerdictIsMinusOneAndPlusOneOnTheDayOfTheChangeAndARepeatedOneIsNothing() {
        inference("i1", "u1", "1 10:00:00");
        mark("f1", 1, "FALSE_POSITIVE", "inference_id=i1", "event_date=" + day(1));
        mark("f2", 2, "CONFIRMED", "inference_id=i1", "event_date=" + day(1));
        mark("f3", 3, "CONFIRMED", "inference_id=i1", "event_date=" + day(1));

        assertThat(counted(1)).containsExactly("1 c m car 10 1 0 0 0");
        assertThat(counted(2)).containsExactly("1 c m car 10 -1 1 0 0");
        assertThat(counted(3)).isEmpty();
    }

    @Test
    void aVerdictChangesAlsoWhereOneMarkNamesTheInferenceAndTheOtherItsImage() {
        inference("i1", "u1", "1 10:00:00");
        mark("f1", 1, "FALSE_POSITIVE", "inference_id=i1", "event_date=" + day(1));
        mark("f2", 2, "CONFIRMED", "image_uri=u1", "event_date=" + day(1));
        mark("f3", 3, "RELABELED", "inference_id=i1", "event_date=" + day(1), "corrected_label=dog");

        assertThat(counted(2)).containsExactly("1 c m car 10 -1 1 0 0");
        assertThat(counted(3)).containsExactly("1 c m car 10 0 -1 1 0");
    }

    @Test
    void aMarkThatArrivesLateButWasMadeEarlierChangesNothing() {
        inference("i1", "u1", "1 10:00:00");
        mark("f1", 1, "CONFIRMED", "inference_id=i1", "event_date=" + day(1));
        mark("f0", 2, "FALSE_POSITIVE", "inference_id=i1", "event_date=" + day(1), "reported_at=2026-10-01T01:00:00Z");

        assertThat(counted(2)).isEmpty();
    }

    @Test
    void relabelingToTheSameClassConfirms() {
        inference("i1", "u1", "1 10:00:00");
        mark("f1", 1, "RELABELED", "inference_id=i1", "corrected_label=car");

        assertThat(counted(1)).containsExactly("1 c m car 10 0 1 0 0");
    }

    @Test
    void aMissCountsAtItsFrameByIdByImageAndByTheNearestFrameOfTheCamera() {
        inference("i1", "u1", "1 10:00:00", "camera_id=by-id", "predicted_label=null");
        inference("i2", "u2", "1 10:00:00", "camera_id=by-image", "predicted_label=null");
        inference("i3", "u3", "1 10:00:00", "camera_id=near", "model_version=far");
        inference("i4", "u4", "1 10:01:10", "camera_id=near", "model_version=nearest");
        mark("f1", 1, "MISSED", "inference_id=i1", "label=dog");
        mark("f2", 1, "MISSED", "image_uri=u2", "label=dog");
        mark("f3", 1, "MISSED", "camera_id=near", "captured_at=2026-10-01T10:00:40Z", "event_date=2026-10-01");

        assertThat(counted(1))
                .containsExactly(
                        "1 by-id m dog null 0 0 0 1",
                        "1 by-image m dog null 0 0 0 1",
                        "1 near nearest __UNKNOWN__ null 0 0 0 1");
    }

    @Test
    void aMissOutsideOfTheWindowCountsForTheCameraWithoutAFrame() {
        inference("i1", "u1", "1 10:00:00");
        mark("f1", 1, "MISSED", "camera_id=c", "captured_at=2026-10-01T10:01:00Z", "event_date=2026-10-01");
        mark("f2", 1, "MISSED", "camera_id=c", "captured_at=2026-10-01T10:01:01Z", "event_date=2026-10-01");
        mark("f3", 1, "MISSED", "camera_id=c", "event_date=2026-10-01", "label=dog");

        assertThat(counted(1))
                .containsExactly(
                        "1 c __UNKNOWN__ __UNKNOWN__ null 0 0 0 1",
                        "1 c __UNKNOWN__ dog null 0 0 0 1",
                        "1 c m __UNKNOWN__ null 0 0 0 1");
    }

    @Test
    void aMissOfAUseCaseIsNotPutOnAFrameOfAnother() {
        inference("i1", "u1", "1 10:00:00", "use_case=people", "model_version=people");
        inference("i2", "u1", "1 10:00:00", "use_case=cars", "model_version=cars");
        mark(
                "f1",
                1,
                "MISSED",
                "camera_id=c",
                "captured_at=2026-10-01T10:00:10Z",
                "event_date=2026-10-01",
                "use_case=cars",
                "label=car");
        mark("f2", 1, "MISSED", "image_uri=u1", "use_case=cars", "label=van");

        assertThat(counted(1)).containsExactly("1 c cars car null 0 0 0 1", "1 c cars van null 0 0 0 1");
    }

    @Test
    void reportsOfOneMissOnOneFrameCountOnceOnWhateverDaysTheyArriveAndHoweverTheyNameIt() {
        inference("i1", "u1", "1 10:00:00", "predicted_label=null");
        mark("f1", 1, "MISSED", "inference_id=i1", "event_date=2026-10-01", "label=dog");
        mark("f2", 1, "MISSED", "image_uri=u1", "event_date=2026-10-01", "label=dog");
        mark(
                "f3",
                2,
                "MISSED",
                "camera_id=c",
                "captured_at=2026-10-01T10:00:10Z",
                "event_date=2026-10-01",
                "label=dog");
        mark(
                "f4",
                3,
                "MISSED",
                "camera_id=c",
                "captured_at=2026-10-01T10:00:20Z",
                "event_date=2026-10-01",
                "label=dog");

        assertThat(counted(1)).containsExactly("1 c m dog null 0 0 0 1");
        assertThat(counted(2)).isEmpty();
        assertThat(counted(3)).isEmpty();
    }

    @Test
    void marksOnUnknownInferencesAndOnFramesWithoutOutputAreUnmatchedAndCountNothing() {
        inference("i1", "u1", "1 10:00:00", "predicted_label=null");
        mark("f1", 1, "CONFIRMED", "inference_id=nobody", "event_date=2026-10-01");
        mark("f2", 1, "FALSE_POSITIVE", "inference_id=i1", "event_date=2026-10-01");

        assertThat(counted(1)).isEmpty();
    }

    @Test
    void anIdThatRepeatsOnAnotherDayIsTakenOnTheDayTheMarkNames() {
        inference("i1", "u1", "1 10:00:00", "camera_id=one");
        inference("i1", "u2", "2 10:00:00", "camera_id=two");
        mark("f1", 2, "CONFIRMED", "inference_id=i1", "event_date=2026-10-02");

        assertThat(counted(2)).containsExactly("2 two m car 10 0 1 0 0");
    }

    /** Sums up to every day, added up in any order of days, equal what the feedback known by then says. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void sumsEqualABruteForceRecomputation(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 12; i++) {
            inference("i" + i, "u" + i, 1 + i % 3 + " 10:0" + i % 10 + ":00", "camera_id=c" + i % 2);
        }
        List<String> verdicts = List.of("CONFIRMED", "FALSE_POSITIVE", "RELABELED", "MISSED");
        List<Mark> marks = new ArrayList<>();
        for (int f = 0; f < 40; f++) {
            int target = random.nextInt(12);
            int event = 1 + target % 3;
            int arrival = event + random.nextInt(4);
            boolean dated = random.nextBoolean();
            String verdict = verdicts.get(random.nextInt(4));
            String id = "f%02d".formatted(f);
            String name = random.nextBoolean() ? "inference_id=i" + target : "image_uri=u" + target;
            mark(
                    id,
                    arrival,
                    verdict,
                    name,
                    "event_date=" + (dated ? day(event).toString() : "null"),
                    "corrected_label=" + (random.nextBoolean() ? "car" : "dog"),
                    "label=" + (verdict.equals("MISSED") ? "dog" : "null"));
            boolean confirms = feedback.get(f).contains("'corrected_label':'car'") && verdict.equals("RELABELED");
            int credited = dated
                    ? arrival
                    : event
                            + AGES.stream()
                                    .filter(a -> a >= arrival - event)
                                    .findFirst()
                                    .orElseThrow();
            marks.add(new Mark("%02d ".formatted(arrival) + id, credited, target, confirms ? "CONFIRMED" : verdict));
        }
        marks.sort(Comparator.comparing(Mark::order));

        List<Integer> days = new ArrayList<>(List.of(1, 2, 3, 4, 5, 6, 7));
        Collections.shuffle(days, random);
        Map<Integer, Map<String, long[]>> added = new TreeMap<>();
        for (int number : days) {
            Map<String, long[]> cells = added.computeIfAbsent(number, n -> new TreeMap<>());
            for (Row row :
                    counts(new DayRange(day(number), day(number)), number).collectAsList()) {
                long event = row.getLocalDate(0).toEpochDay() - FIRST.toEpochDay() + 1;
                add(
                        cells,
                        event + " " + row.getString(1) + " " + row.getString(3),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8));
            }
        }
        Map<String, long[]> sums = new TreeMap<>();
        for (int number = 1; number <= 7; number++) {
            added.getOrDefault(number, Map.of()).forEach((key, n) -> add(sums, key, n));
            assertThat(text(sums)).as("seed %d, day %d", seed, number).isEqualTo(text(bruteForce(marks, number)));
        }
    }

    private record Mark(String order, int credited, int target, String verdict) {}

    private static Map<String, long[]> bruteForce(List<Mark> marks, int known) {
        Map<Integer, String> alarms = new TreeMap<>();
        Map<Integer, String> misses = new TreeMap<>();
        for (Mark mark : marks) {
            if (mark.credited <= known) {
                boolean missed = mark.verdict.equals("MISSED");
                (missed ? misses : alarms).put(mark.target, mark.verdict);
            }
        }
        Map<String, long[]> sums = new TreeMap<>();
        alarms.forEach((target, verdict) -> add(
                sums,
                1 + target % 3 + " c" + target % 2 + " car",
                verdict.equals("FALSE_POSITIVE") ? 1 : 0,
                verdict.equals("CONFIRMED") ? 1 : 0,
                verdict.equals("RELABELED") ? 1 : 0,
                0));
        misses.forEach((target, verdict) -> add(sums, 1 + target % 3 + " c" + target % 2 + " dog", 0, 0, 0, 1));
        return sums;
    }

    private static void add(Map<String, long[]> sums, String key, long... n) {
        long[] sum = sums.computeIfAbsent(key, k -> new long[4]);
        for (int i = 0; i < 4; i++) {
            sum[i] += n[i];
        }
    }

    private static List<String> text(Map<String, long[]> sums) {
        List<String> lines = new ArrayList<>();
        sums.forEach((key, n) -> {
            if (Arrays.stream(n).anyMatch(v -> v != 0)) {
                lines.add(key + " " + Arrays.toString(n));
            }
        });
        return lines;
    }

    @Test
    void aFrameWithoutOutputMayBeConfirmedByItsIdAndByNothingElse() {
        inference("i1", "s3://b/1.jpg", "1 10:00:00", "predicted_label=null");
        mark("f1", 1, "CONFIRMED", "inference_id=i1", "event_date=" + day(1));
        mark("f2", 1, "FALSE_POSITIVE", "inference_id=i1", "event_date=" + day(1));
        mark("f3", 1, "CONFIRMED", "image_uri=s3://b/1.jpg", "event_date=" + day(1));

        assertThat(counted(1)).containsExactly("1 c m __NONE__ null 0 1 0 0");
    }
}
