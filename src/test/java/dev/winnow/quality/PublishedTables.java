package dev.winnow.quality;

import dev.winnow.quality.QaIdentities.Claim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The two tables that were published of a bulk label QA, as printed. */
final class PublishedTables {
    static final Buckets BUCKETS = new Buckets(List.of(.8, .85, .9, .95));

    /** Shellfish, 245 items; consistent. */
    static final List<Claim> SHELLFISH = List.of(
            claim("Crab", 45, 45, 0, 0, "4/0 7/0 11/0 23/0"),
            claim("Crawdad", 68, 16, 32, 20, "1/0 10/8 10/8 47/36"),
            claim("Lobster", 53, 40, 11, 2, "4/4 10/4 11/3 28/2"),
            claim("Scorpion", 77, 72, 3, 2, "8/3 6/2 27/0 36/0"),
            claim("Shrimp", 2, 0, 1, 1, "0/0 1/1 0/0 1/1"));

    static final Claim SHELLFISH_TOTALS = claim("Total", 245, 173, 47, 25, "17/7 34/15 59/11 135/39");

    /** Ten classes, 510 images, it says; the column of split items looks like row numbers. */
    static final List<Claim> SAMPLE = List.of(
            claim("Beaver", 28, 27, 1, 1, "2/1 3/0 13/0 10/0"),
            claim("Cat", 10, 9, 1, 3, "1/1 0/0 5/0 4/0"),
            claim("Crawdad", 68, 35, 33, 4, "1/1 10/8 10/6 47/19"),
            claim("Dinosaur", 65, 62, 3, 5, "4/0 10/1 12/1 39/1"),
            claim("Dog", 68, 67, 1, 6, "1/0 5/1 34/0 28/1"),
            claim("Saxophone", 40, 38, 1, 7, "1/0 2/1 22/1 15/0"),
            claim("Sea Turtle", 86, 84, 1, 8, "5/1 8/1 13/0 60/0"),
            claim("Soccer Ball", 87, 69, 18, 11, "8/5 7/5 9/6 63/2"),
            claim("Stop sign", 58, 58, 0, 12, "6/0 9/0 12/0 31/0"));

    static final Claim SAMPLE_TOTALS = claim("Total", 510, 449, 59, 57, "29/9 54/17 130/14 297/23");

    private PublishedTables() {}

    private static Claim claim(
            String label, long total, long confirmed, long disconfirmed, long split, String reviewedAndWrong) {
        List<Long> reviewed = new ArrayList<>();
        List<Long> wrong = new ArrayList<>();
        for (String cell : reviewedAndWrong.split(" ", -1)) {
            reviewed.add(Long.valueOf(cell.split("/", -1)[0]));
            wrong.add(Long.valueOf(cell.split("/", -1)[1]));
        }
        return new Claim(label, total, confirmed, disconfirmed, split, reviewed, wrong);
    }

    /** What the intervals hold; a wrong item is one that was disconfirmed. */
    static List<QaCell> cells(Claim row) {
        return IntStream.range(0, BUCKETS.size())
                .mapToObj(i -> new QaCell(
                        row.reviewed().get(i) - row.wrong().get(i), row.wrong().get(i), 0, 0, 0))
                .toList();
    }

    static QaTable table(List<Claim> rows) {
        Map<String, List<QaCell>> classes = new LinkedHashMap<>();
        rows.forEach(row -> classes.put(row.label(), cells(row)));
        return new QaTable(BUCKETS.size(), classes);
    }

    static List<QaCell> cells(String label) {
        List<Claim> all = new ArrayList<>(SHELLFISH);
        all.addAll(SAMPLE);
        return cells(all.stream()
                .filter(row -> row.label().equals(label))
                .findFirst()
                .orElseThrow());
    }
}
