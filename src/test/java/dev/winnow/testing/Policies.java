package dev.winnow.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Policies of {@code conf/iam} as a role has them, of S3 alone: whether a call would be allowed. */
public final class Policies {
    private static final Path FOLDER = Path.of("conf/iam");
    private static final Pattern NAME = Pattern.compile("\\$\\{(\\w+)}");

    private final List<JsonNode> statements = new ArrayList<>();
    private final Map<String, String> values;

    /**
     * Attaches policies.
     *
     * @param values what stands for the names in them; others stay as they are, and no call is about them
     */
    public Policies(Map<String, String> values, String... names) {
        this.values = values;
        for (String name : names) {
            try {
                new JsonMapper()
                        .readTree(FOLDER.resolve(name + ".json").toFile())
                        .path("Statement")
                        .forEach(statements::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Says whether a call is allowed.
     *
     * @param key of the object; of a list its prefix
     */
    public boolean allow(String action, String bucket, String key) {
        boolean ofBucket = action.startsWith("s3:List") && !action.equals("s3:ListMultipartUploadParts");
        String resource = "arn:aws:s3:::" + bucket + (ofBucket ? "" : "/" + key);
        return statements.stream()
                .anyMatch(statement -> anyLike(statement.path("Action"), action)
                        && anyLike(statement.path("Resource"), resource)
                        && (!action.equals("s3:ListBucket")
                                || anyLike(statement.at("/Condition/StringLike/s3:prefix"), key)));
    }

    private boolean anyLike(JsonNode patterns, String text) {
        for (JsonNode pattern : patterns) {
            String like = NAME.matcher(pattern.asText())
                    .replaceAll(name -> Matcher.quoteReplacement(values.getOrDefault(name.group(1), name.group())));
            if (text.matches(Pattern.quote(like).replace("*", "\\E.*\\Q"))) {
                return true;
            }
        }
        return false;
    }
}
