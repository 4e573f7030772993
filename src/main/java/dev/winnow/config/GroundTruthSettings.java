package dev.winnow.config;

import java.util.List;
import java.util.Map;

/**
 * Whose labeling jobs SageMaker Ground Truth runs, and where.
 *
 * <p>Without region, role and work team no request is written: manifests are made all the same.
 *
 * @param region AWS Region of buckets and jobs; may be empty
 * @param role ARN of the role that jobs run as; may be empty
 * @param workteam ARN of the work team of use cases that name none; may be empty
 * @param output S3 URI that answers are written to; empty: the folder {@code answers} beside the pipeline's rounds
 * @param kmsKey KMS key of the answers; may be empty
 * @param volumeKmsKey KMS key of the machines that automated labeling trains on; may be empty
 * @param publicSites sites whose images the public workforce may see; none by default
 * @param contentClassifiers what the owner of the images states about them
 * @param tags of the jobs, beside those that name pipeline, round and run
 * @param endpoint URI of an own endpoint of SageMaker; empty: the Region's
 */
public record GroundTruthSettings(
        String region,
        String role,
        String workteam,
        String output,
        String kmsKey,
        String volumeKmsKey,
        List<String> publicSites,
        List<String> contentClassifiers,
        Map<String, String> tags,
        String endpoint) {

    /** Rule of {@link #workteam(String)}. */
    static final String WORKTEAM_RULE =
            "the ARN of a work team, such as arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/qa";

    private static final List<String> CLASSIFIERS =
            List.of("FreeOfPersonallyIdentifiableInformation", "FreeOfAdultContent");

    private static final int MAX_KMS_KEY = 2_048;

    /** A job has at most 50 tags, of which Winnow writes four. */
    private static final int MAX_TAGS = 46;

    private static final String TAG_TEXT = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*";

    static boolean workteam(String arn) {
        return arn.length() <= 256
                && arn.matches("arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:workteam/"
                        + "(private-crowd|vendor-crowd|public-crowd)/[a-zA-Z0-9](-*[a-zA-Z0-9])*");
    }

    static GroundTruthSettings read(Section section) {
        Map<String, String> tags = section.textMap(
                "tags",
                key -> !key.isEmpty() && key.length() <= 128 && key.matches(TAG_TEXT) && !key.startsWith("aws:"),
                "a tag is named by 1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:");
        if (tags.size() > MAX_TAGS
                || tags.values().stream().anyMatch(value -> value.length() > 256 || !value.matches(TAG_TEXT))) {
            section.problem(
                    "tags",
                    ": expected at most " + MAX_TAGS
                            + " tags with values of at most 256 letters, digits, spaces and _.:/=+-@");
        }
        return new GroundTruthSettings(
                section.optionalText(
                        "region", name -> name.matches("[a-z]{2}(-[a-z]+)+-[0-9]"), "a Region, such as eu-west-1"),
                section.optionalText(
                        "role",
                        arn -> arn.length() <= 2_048 && arn.matches("arn:aws[a-z-]*:iam::[0-9]{12}:role/.+"),
                        "the ARN of a role, such as arn:aws:iam::111122223333:role/labeling"),
                section.optionalText("workteam", GroundTruthSettings::workteam, WORKTEAM_RULE),
                section.optionalText(
                        "output",
                        uri -> uri.length() <= 1_024 && uri.matches("s3://[^/]+/.+"),
                        "an s3:// URI of at most 1,024 characters"),
                section.optionalText("kms-key", key -> key.length() <= MAX_KMS_KEY, "a KMS key id or ARN"),
                section.optionalText("volume-kms-key", key -> key.length() <= MAX_KMS_KEY, "a KMS key id or ARN"),
                section.texts("public-sites"),
                section.texts("content-classifiers", CLASSIFIERS::containsAll, "some of " + CLASSIFIERS),
                tags,
                section.optionalText("endpoint", Uris::web, Uris.WEB_RULE));
    }
}
