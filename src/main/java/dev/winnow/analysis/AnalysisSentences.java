package dev.winnow.analysis;

import static java.util.stream.Collectors.joining;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a person wants to know of a look at the mistakes of a day. */
final class AnalysisSentences {
    /** Reasons that a run tells; each image has its own in the table. */
    private static final int MOST_REASONS = 5;

    private AnalysisSentences() {}

    /**
     * Tells what was found wrong, drawn and seen.
     *
     * @param wrong verdict to how many inferences have it
     * @param fetched images that were drawn and fetched
     * @param wanted images that the sample was to have
     * @param asked whether a model was to look at them
     */
    static List<String> ofLook(
            LocalDate day,
            Map<String, Long> wrong,
            Strata strata,
            int fetched,
            int wanted,
            List<Map<String, Object>> findings,
            boolean asked) {
        if (wrong.isEmpty()) {
            return List.of("nothing was found misclassified on " + day);
        }
        Map<String, Long> sampled = counts(findings, ImageFindings.VERDICT);
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "%,d of %,d misclassified images of %s are in the sample: %s",
                findings.size(),
                total(wrong),
                day,
                wrong.keySet().stream()
                        .map(verdict -> String.format(
                                Locale.ROOT,
                                "%s %,d of %,d",
                                verdict,
                                sampled.getOrDefault(verdict, 0L),
                                wrong.get(verdict)))
                        .collect(joining(", "))));
        long before = total(wrong) - strata.images();
        sentences.add(String.format(
                Locale.ROOT,
                "%s%,d bursts in %,d strata; %,d images were fetched",
                before == 0
                        ? ""
                        : String.format(Locale.ROOT, "%,d were seen on an earlier day; the others are ", before),
                strata.bursts(),
                strata.count(),
                fetched));
        if (findings.size() < wanted && fetched < strata.bursts()) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "the sample is %,d short of analysis.sample.size, because that many near-duplicates were fetched:"
                            + " raise analysis.sample.oversample",
                    wanted - findings.size()));
        }
        long labels = counts(findings, ImageFindings.FOUND_BY).getOrDefault(ImageFindings.LABELS, 0L);
        if (labels > 0) {
            sentences.add(String.format(Locale.ROOT, "%,d of the sample are wrong by labels that came back", labels));
        }
        sentences.addAll(ofStatuses(day, findings, asked));
        return sentences;
    }

    /**
     * Tells what became of the sampled images.
     *
     * @param asked whether a model was to look at them
     */
    static List<String> ofStatuses(LocalDate day, List<Map<String, Object>> findings, boolean asked) {
        List<String> sentences = new ArrayList<>();
        counts(findings, ImageFindings.STATUS)
                .forEach((status, images) ->
                        sentences.add(String.format(Locale.ROOT, "%,d images are %s", images, status)));
        Map<String, Long> unreadable = counts(
                findings.stream()
                        .filter(finding -> ImageFindings.UNREADABLE.equals(finding.get(ImageFindings.STATUS)))
                        .toList(),
                ImageFindings.STATUS_REASON);
        unreadable.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_REASONS)
                .forEach(reason -> sentences.add(
                        String.format(Locale.ROOT, "%,d of the unreadable: %s", reason.getValue(), reason.getKey())));
        if (findings.stream().anyMatch(finding -> ImageFindings.SUBMITTED.equals(finding.get(ImageFindings.STATUS)))) {
            sentences.add(
                    "in some hours, `analyze --collect --run-date " + day + "` reads the answers of the batch job");
        }
        if (asked) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "the answers that this run date asked for cost %.2f dollars in all",
                    findings.stream()
                            .filter(finding -> Boolean.FALSE.equals(finding.get(ImageFindings.REUSED)))
                            .mapToDouble(AnalysisSentences::cost)
                            .sum()));
        }
        return sentences;
    }

    private static double cost(Map<String, Object> finding) {
        return finding.get(ImageFindings.COST) instanceof Double dollars ? dollars : 0;
    }

    private static Map<String, Long> counts(List<Map<String, Object>> findings, String column) {
        Map<String, Long> counts = new TreeMap<>();
        findings.forEach(finding -> counts.merge(String.valueOf(finding.get(column)), 1L, Long::sum));
        return counts;
    }

    /** Sum of counts. */
    static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
