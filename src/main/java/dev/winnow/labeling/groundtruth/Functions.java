package dev.winnow.labeling.groundtruth;

import dev.winnow.config.ConfigException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * ARNs of what Ground Truth brings along: functions before and after the work, pages of sequences, algorithms of
 * automated labeling, by Region (API reference, HumanTaskConfig, UiConfig, LabelingJobAlgorithmsConfig).
 */
final class Functions {
    private static final String PAGES = "394669845002";
    private static final String ALGORITHMS = "027400017018";

    /** Account of the functions of each Region. */
    private static final Map<String, String> ACCOUNTS = new TreeMap<>(Map.ofEntries(
            Map.entry("us-east-1", "432418664414"),
            Map.entry("us-east-2", "266458841044"),
            Map.entry("us-west-2", "081040173940"),
            Map.entry("ca-central-1", "918755190332"),
            Map.entry("eu-west-1", "568282634449"),
            Map.entry("eu-west-2", "487402164563"),
            Map.entry("eu-central-1", "203001061592"),
            Map.entry("ap-northeast-1", "477331159723"),
            Map.entry("ap-northeast-2", "845288260483"),
            Map.entry("ap-south-1", "565803892007"),
            Map.entry("ap-southeast-1", "377565633583"),
            Map.entry("ap-southeast-2", "454466003867")));

    private final String region;
    private final String account;

    /** Knows the ARNs of a Region. */
    Functions(String region) {
        requireKnown(region);
        this.region = region;
        this.account = Objects.requireNonNull(ACCOUNTS.get(region));
    }

    /** Refuses a Region that has no functions. */
    static void requireKnown(String region) {
        if (!ACCOUNTS.containsKey(region)) {
            throw new ConfigException("labeling.ground-truth.region = " + region
                    + ": Ground Truth has functions of its own in " + ACCOUNTS.keySet() + " only");
        }
    }

    String before(String function) {
        return "arn:aws:lambda:" + region + ":" + account + ":function:PRE-" + function;
    }

    String after(String function) {
        return "arn:aws:lambda:" + region + ":" + account + ":function:ACS-" + function;
    }

    String page(String name) {
        return "arn:aws:sagemaker:" + region + ":" + PAGES + ":human-task-ui/" + name;
    }

    String algorithm(String name) {
        return "arn:aws:sagemaker:" + region + ":" + ALGORITHMS + ":labeling-job-algorithm-specification/" + name;
    }
}
