package dev.winnow.labeling.groundtruth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.Jobs;
import dev.winnow.labeling.LabelingItem;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.testing.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import liqp.TemplateContext;
import liqp.TemplateParser;
import liqp.filters.Filter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkerTemplateTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String POISON = "\"bag\" </x> {{ task }} {% raw %} <script>poisoned()</script> 'é' @old@";
    private static final List<String> LABELS = List.of("person", POISON);
    private static final Pattern ATTRIBUTE = Pattern.compile("([a-z-]+)=\"([^\"]*)\"");

    private static WinnowConfig config() {
        return Jobs.configured("""
                tasks.default {
                  title = "Is it \\"so\\" <b>?", instruction = "Look & see {{ x }} </p><script>poisoned()</script>"
                  guidelines { uri = "https://guide.example/a?b=\\"c\\"", version = v7 }
                  old-labels { path = "/old", attribute = model-boxes }
                }
                """);
    }

    private static LabelingJob job(TaskType type) {
        LabelingItem item = Jobs.item("BOUNDARY", 1, "dock", "s3://bucket/1.jpg", null, POISON);
        return Jobs.job(config(), type, List.of(type.showsBoxes() ? Jobs.withBoxes(item) : item), LABELS);
    }

    /** Ground Truth's own filters beside those of Liquid (developer guide, custom templates). */
    private static String rendered(LabelingJob job) {
        TemplateParser parser = new TemplateParser.Builder()
                .withFilter(new Filter("to_json") {
                    @Override
                    public Object apply(Object value, TemplateContext context, Object... parameters) {
                        try {
                            return JSON.writeValueAsString(value);
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    }
                })
                .withFilter(new Filter("grant_read_access") {
                    @Override
                    public Object apply(Object value, TemplateContext context, Object... parameters) {
                        return String.valueOf(value).replace("s3://", "https://signed.example/") + "?X=1&Y=2";
                    }
                })
                .build();
        return parser.parse(WorkerTemplate.of(job)).render(Map.of("task", Map.of("input", input(job))));
    }

    /** What the functions before the work hand over, or the line itself where a task has none. */
    private static Map<String, Object> input(LabelingJob job) {
        try {
            Map<?, ?> line = JSON.readValue(InputManifest.line(job.items().get(0), job), Map.class);
            Map<String, Object> input = new TreeMap<>();
            if (Task.of(job.type()).function == null) {
                line.forEach((key, value) -> input.put(String.valueOf(key), value));
            } else {
                input.put("taskObject", line.containsKey("source") ? line.get("source") : line.get("source-ref"));
                input.put("labels", LabelCategories.of(job));
                input.put("manifestLine", line);
            }
            return input;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> attributes(String page) {
        Map<String, String> attributes = new TreeMap<>();
        Matcher matcher = ATTRIBUTE.matcher(page.substring(page.indexOf("name=\"")));
        while (matcher.find()) {
            attributes.putIfAbsent(matcher.group(1), unescaped(matcher.group(2)));
        }
        return attributes;
    }

    private static String unescaped(String html) {
        Matcher numbers = Pattern.compile("&#(\\d+);").matcher(html);
        return numbers.replaceAll(
                        number -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(number.group(1)))))
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskType.class,
            names = {"VIDEO_FRAMES", "POINT_CLOUD", "BATCH_REVIEW"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyTemplateRendersAndNothingThatIsPutInBecomesMarkupOrLiquid(TaskType type) {
        String page = rendered(job(type));
        assertThat(page)
                .doesNotContain("<script>poisoned", "</x>", "@title@", "@labels@")
                .contains("Look &#38; see &#123;&#123; x &#125;&#125;", "Guidelines version v7", "</crowd-form>");
        assertThat(attributes(page)).containsEntry("name", name(type));
        String header = attributes(page).get("header");
        assertThat(header).startsWith("Is it \"so\" <b>?");
    }

    private static String name(TaskType type) {
        return switch (type) {
            case MULTI_LABEL -> "crowd-image-classifier-multi-select";
            case BOUNDING_BOX, BOX_ADJUSTMENT -> "boundingBox";
            case SEMANTIC_SEGMENTATION -> "crowd-semantic-segmentation";
            case TEXT_CLASSIFICATION -> "crowd-classifier";
            default -> "crowd-image-classifier";
        };
    }

    @Test
    void categoriesReachTheWorkerAsTheyAre() throws IOException {
        for (TaskType type :
                List.of(TaskType.IMAGE_CLASSIFICATION, TaskType.CLASS_VERIFICATION, TaskType.MULTI_LABEL)) {
            Map<String, String> attributes = attributes(rendered(job(type)));
            assertThat(JSON.readTree(attributes.get("categories"))).isEqualTo(JSON.valueToTree(LABELS));
            assertThat(attributes.get("src")).isEqualTo("https://signed.example/bucket/1.jpg?X=1&Y=2");
        }
    }

    @Test
    void aBatchShowsEachImageWithThreeAnswersOfWhichNoneIsChosen() {
        LabelingItem batch = Jobs.batch(POISON, List.of("s3://bucket/1.jpg", "s3://bucket/2\".jpg"));
        String page = rendered(Jobs.job(config(), TaskType.BATCH_REVIEW, List.of(batch), LabelCategories.VERDICTS));
        assertThat(page)
                .doesNotContain("<script>poisoned", "</x>", "@title@", "checked")
                .contains("src=\"https://signed.example/bucket/1.jpg?X=1&amp;Y=2\"")
                .contains("src=\"https://signed.example/bucket/2&quot;.jpg?X=1&amp;Y=2\"");
        for (String key : List.of("0", "1")) {
            for (String verdict : LabelCategories.VERDICTS) {
                assertThat(page).contains("type=\"radio\" name=\"" + key + "\" value=\"" + verdict + "\"");
            }
        }
        assertThat(Pattern.compile("<fieldset").matcher(page).results()).hasSize(2);
    }

    @Test
    void whoeverChecksAClassSeesWhichOne() {
        assertThat(attributes(rendered(job(TaskType.CLASS_VERIFICATION))).get("header"))
                .endsWith("Predicted: " + POISON);
    }

    @Test
    void oldBoxesAreShownWithTheirClassesWhereTheyAreCorrectedAndWhereTheyAreJudged() throws IOException {
        JsonNode expected = JSON.readTree("""
                [{"label":"person","left":112,"top":80,"width":64,"height":150},
                 {"label":"\\"bag\\" </x>","left":0,"top":0,"width":1280,"height":720}]
                """);
        assertThat(JSON.readTree(
                        attributes(rendered(job(TaskType.BOX_ADJUSTMENT))).get("initial-value")))
                .isEqualTo(expected);
        Map<String, String> judged = attributes(rendered(job(TaskType.BOX_VERIFICATION)));
        JsonNode overlay = JSON.readTree(judged.get("overlay")).path("boundingBox");
        assertThat(overlay.path("value")).isEqualTo(expected);
        assertThat(overlay.path("labels")).isEqualTo(JSON.readTree("[\"person\",\"\\\"bag\\\" </x>\"]"));
        assertThat(JSON.readTree(judged.get("categories"))).isEqualTo(JSON.valueToTree(LabelCategories.VERDICTS));
    }

    /** The elements' own script is on the network, which no test has: the page shows what they are given. */
    @Test
    void aBrowserReadsTheTemplateAsOneFormAndRunsNothingThatWasPutIn(@TempDir Path work) throws IOException {
        Chromium chromium = Chromium.installed();
        StringBuilder all = new StringBuilder("<!DOCTYPE html><meta charset=\"utf-8\"><title>Worker templates</title>")
                .append("<style>crowd-form{display:block;border:1px solid #888;margin:1em;padding:1em}")
                .append("[header]::before{content:attr(header);font-weight:bold;display:block}")
                .append("[categories]::after{content:attr(categories)}[labels]::after{content:attr(labels)}</style>");
        for (TaskType type : TaskType.values()) {
            if (!Task.of(type).sequences() && type != TaskType.BATCH_REVIEW) { // which loads its images by itself
                all.append(rendered(job(type)));
            }
        }
        Path page = Files.writeString(work.resolve("page.html"), all);
        Chromium.Opened opened = chromium.open(page, work);
        assertThat(Pattern.compile("<crowd-form>").matcher(opened.markup()).results())
                .hasSize(8);
        assertThat(Pattern.compile("<script").matcher(opened.markup()).results())
                .as("the elements' own script and no other")
                .hasSize(8);
        assertThat(opened.console()).noneMatch(line -> line.contains("poisoned"));
        assertThat(opened.requests()).allMatch(request -> request.startsWith("https://assets.crowd.aws/"));
        chromium.picture(page, work, work.resolve("page.png"), 900, 1600);
        assertThat(work.resolve("page.png")).isNotEmptyFile();
        if (System.getProperty("picture.folder") != null) {
            Files.copy(
                    work.resolve("page.png"),
                    Path.of(System.getProperty("picture.folder")).resolve("worker-templates.png"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
