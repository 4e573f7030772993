package dev.winnow.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What people are asked about the items of one use case, and how many of them for how long.
 *
 * <p>Bounds are those of SageMaker Ground Truth (API reference, HumanTaskConfig), so that any target takes them.
 *
 * @param target where the jobs go; empty: where the pipeline's go
 * @param type the question
 * @param title what workers see in their list; empty: a sentence about the type
 * @param description the same in more words; empty: as the title
 * @param keywords by which workers find the task
 * @param instruction shown with every item, plain text; may be empty
 * @param guidelinesUri document that says how to answer; may be empty
 * @param guidelinesVersion its version; may be empty
 * @param workers people who answer each item
 * @param timeLimit for one answer
 * @param availability how long an item waits for answers
 * @param concurrentTasks items that are out at a time
 * @param workteam ARN of the work team, in place of the pipeline's; may be empty
 * @param priceUsd paid for one answer of the public workforce, dollars with up to three decimals; 0: nobody public
 * @param stopItems answered items after which a job stops; 0: none
 * @param stopPercent share of a job's items after which it stops, percent; 0: none
 * @param autoLabeling whether a model that the service trains labels what it is sure of
 * @param initialModel ARN of the model that automated labeling starts from; may be empty
 * @param oldLabelsPath augmented manifest with labels to look at; {@code {date}} is the run date; may be empty
 * @param oldLabelsAttribute attribute that holds them
 * @param order order of the items
 * @param splitBy {@link #SITE} or a static dimension of cameras, each value of which has jobs of its own; empty: jobs are of
 *     all sites
 * @param splitFirst values of it whose jobs come first, in this order; nothing where jobs are not split
 * @param pilot what a first, small job must show before the rest is asked about
 */
public record TaskSettings(
        Optional<LabelingSettings.Target> target,
        TaskType type,
        String title,
        String description,
        List<String> keywords,
        String instruction,
        String guidelinesUri,
        String guidelinesVersion,
        int workers,
        Duration timeLimit,
        Duration availability,
        int concurrentTasks,
        String workteam,
        BigDecimal priceUsd,
        int stopItems,
        int stopPercent,
        boolean autoLabeling,
        String initialModel,
        String oldLabelsPath,
        String oldLabelsAttribute,
        Order order,
        String splitBy,
        List<String> splitFirst,
        PilotSettings pilot) {

    /** Each site has jobs of its own. */
    public static final String SITE = "site";

    /** The order of the items of a job. */
    public enum Order {
        /** By signal and rank. */
        RANK,
        /** The highest score first, what has none last. */
        HARDEST_FIRST,
        /** The highest score last, what has none first. */
        HARDEST_LAST
    }

    /** What a label attribute may be called: no underscore, no dot (API reference, CreateLabelingJob). */
    static final String ATTRIBUTE = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,117}";

    private static final BigDecimal MAX_PRICE = new BigDecimal("2.999");
    private static final Duration IMAGE_LIMIT = Duration.ofHours(8);
    private static final Duration DAYS_30 = Duration.ofDays(30);
    private static final Duration PUBLIC_AVAILABILITY = Duration.ofHours(12);
    private static final int MAX_TITLE = 128;
    private static final int MAX_DESCRIPTION = 255;
    private static final int MAX_INSTRUCTION = 10_000;

    /** Instructions of video and point clouds are shorter than 255 characters. */
    private static final int MAX_SEQUENCE_INSTRUCTION = 254;

    private static final int MAX_KEYWORDS = 5;

    /**
     * The same for pages that show several items: as long and as dear as these one by one. Nothing stops them early: what
     * people come to last is not like what they come to first.
     *
     * @param size items of a page
     * @throws ConfigException if no answer may cost that much
     */
    public TaskSettings ofPages(int size) {
        Duration longest = timeLimit.multipliedBy(size);
        BigDecimal price = priceUsd.multiply(BigDecimal.valueOf(size));
        if (price.compareTo(MAX_PRICE) > 0) {
            throw new ConfigException("a page of quality.batches.size = " + size + " items costs " + size + " times the"
                    + " price of labeling.tasks, $" + price + ", and no answer may cost more than $" + MAX_PRICE
                    + ": lower the size");
        }
        return with(title, description, longest.compareTo(IMAGE_LIMIT) > 0 ? IMAGE_LIMIT : longest, price);
    }

    /** The same for one class of each item, asked of people alone until all are answered. */
    public TaskSettings ofClasses() {
        boolean asked = type == TaskType.IMAGE_CLASSIFICATION;
        return with(asked ? title : "", asked ? description : "", timeLimit, priceUsd);
    }

    private TaskSettings with(String newTitle, String newDescription, Duration newLimit, BigDecimal newPrice) {
        return new TaskSettings(
                target,
                type,
                newTitle,
                newDescription,
                keywords,
                instruction,
                guidelinesUri,
                guidelinesVersion,
                workers,
                newLimit,
                availability,
                concurrentTasks,
                workteam,
                newPrice,
                0,
                0,
                false,
                "",
                oldLabelsPath,
                oldLabelsAttribute,
                order,
                splitBy,
                splitFirst,
                pilot);
    }

    static TaskSettings read(Section section) {
        TaskType type = section.oneOf("type", TaskType.class);
        if (type == TaskType.BATCH_REVIEW) {
            section.problem(
                    "type", " = " + type.id() + " is what `qa-batches` asks, not `manifests`: take another type");
        }
        boolean sequences = type.subject() == TaskType.Subject.SEQUENCE;
        String[] guidelines = section.object("guidelines", part -> new String[] {
            part.optionalText("uri", uri -> uri.length() <= 1_024 && !uri.matches("(?s).*\\p{Cntrl}.*"), "a URI"),
            part.optionalText(
                    "version",
                    version -> version.matches("[A-Za-z0-9._-]{1,64}"),
                    "at most 64 letters, digits, dots, hyphens and underscores")
        });
        int[] stop = section.object("stop", part ->
                new int[] {part.integer("items", 0, Integer.MAX_VALUE), part.integer("percent", 0, 100)});
        String[] old = section.object("old-labels", part -> new String[] {
            part.optionalText("path", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"),
            part.optionalText(
                    "attribute",
                    name -> name.matches(ATTRIBUTE) && !name.endsWith("-metadata"),
                    "a name of letters, digits and hyphens, at most 118 characters, not ending in -metadata")
        });
        if (old[0].isEmpty() != old[1].isEmpty()) {
            section.problem("old-labels", ": path and attribute belong together");
        }
        if (type.showsBoxes() && old[0].isEmpty()) {
            section.problem(
                    "old-labels",
                    ".path is required with type = " + type.id() + ": the augmented manifest that holds the boxes");
        }
        Duration timeLimit = section.duration("time-limit", Duration.ofSeconds(30), "no task may be shorter");
        if (timeLimit.compareTo(sequences ? DAYS_30 : IMAGE_LIMIT) > 0) {
            section.problem(
                    "time-limit",
                    " = " + timeLimit + ", expected at most " + (sequences ? DAYS_30 : IMAGE_LIMIT) + " with type = "
                            + type.id());
        }
        BigDecimal price = new BigDecimal(Names.plain(section.number("price", 0, MAX_PRICE.doubleValue())));
        if (price.scale() > 3) {
            section.problem("price", " = " + price + ", expected dollars with at most three decimals");
        }
        Duration availability = section.duration("availability", Duration.ofSeconds(60), "no item may wait shorter");
        Duration longest = price.signum() > 0 ? PUBLIC_AVAILABILITY : DAYS_30;
        if (availability.compareTo(longest) > 0) {
            section.problem(
                    "availability",
                    " = " + availability + ", expected at most " + longest
                            + (price.signum() > 0 ? " for the public workforce, which a price is for" : ""));
        }
        String splitBy = section.optionalText("split-by", text -> true, "a text");
        int workers = section.integer("workers", 1, 9);
        PilotSettings pilot = section.object("pilot", PilotSettings::read);
        pilot.check(section, type, workers);
        return new TaskSettings(
                target(section),
                type,
                section.optionalText(
                        "title", text -> text.length() <= MAX_TITLE, "at most " + MAX_TITLE + " characters"),
                section.optionalText(
                        "description",
                        text -> text.length() <= MAX_DESCRIPTION,
                        "at most " + MAX_DESCRIPTION + " characters"),
                section.texts(
                        "keywords",
                        words -> words.size() <= MAX_KEYWORDS
                                && words.stream()
                                        .allMatch(word ->
                                                word.length() <= 30 && word.matches("[A-Za-z0-9]+( [A-Za-z0-9]+)*")),
                        "at most " + MAX_KEYWORDS + " keywords of at most 30 letters, digits and single spaces"),
                section.optionalText(
                        "instruction",
                        text -> text.length() <= (sequences ? MAX_SEQUENCE_INSTRUCTION : MAX_INSTRUCTION),
                        "at most " + (sequences ? MAX_SEQUENCE_INSTRUCTION : MAX_INSTRUCTION)
                                + " characters with type = " + type.id()),
                guidelines[0],
                guidelines[1],
                workers,
                timeLimit,
                availability,
                section.integer("concurrent-tasks", 1, 5_000),
                section.optionalText("workteam", GroundTruthSettings::workteam, GroundTruthSettings.WORKTEAM_RULE),
                price,
                stop[0],
                stop[1],
                section.flag("auto-labeling"),
                section.optionalText(
                        "initial-model",
                        arn -> arn.matches("arn:aws[a-z-]*:sagemaker:.{1,2000}"),
                        "the ARN of a SageMaker model"),
                old[0],
                old[1],
                section.oneOf("order", Order.class),
                splitBy,
                section.texts("split-first"),
                pilot);
    }

    private static Optional<LabelingSettings.Target> target(Section section) {
        String name = section.optionalText(
                "target",
                text -> LabelingSettings.Target.named(text).isPresent(),
                "one of " + LabelingSettings.Target.names() + ", or empty for labeling.target");
        return LabelingSettings.Target.named(name);
    }
}
