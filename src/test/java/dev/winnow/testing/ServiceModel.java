package dev.winnow.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A published description of a service, against which requests are checked: members, types, lengths, patterns. */
public final class ServiceModel {
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    private final JsonNode model;

    private ServiceModel(JsonNode model) {
        this.model = model;
    }

    /** Loads a description of {@code src/test/resources}, such as {@code bedrock/converse}. */
    public static ServiceModel of(String name) {
        String resource = "/" + name + ".json";
        try (InputStream in = Objects.requireNonNull(ServiceModel.class.getResourceAsStream(resource), resource)) {
            return new ServiceModel(new JsonMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** HTTP status of an error of the service. */
    public int status(String operation, String error) {
        JsonNode status = model.at("/operations/" + operation + "/errors/" + error);
        if (!status.isInt()) {
            throw new IllegalArgumentException(operation + " has no error " + error);
        }
        return status.asInt();
    }

    /** Returns the operation of a method and path; parameters of the path become members of the request. */
    public String routed(String method, String path, ObjectNode request) {
        for (Map.Entry<String, JsonNode> operation : model.path("operations").properties()) {
            JsonNode http = operation.getValue().path("http");
            String template = http.path("requestUri").asText();
            Matcher route = Pattern.compile(PARAMETER.matcher(template).replaceAll("(?<$1>[^/]+)"))
                    .matcher(path);
            if (http.path("method").asText().equals(method) && route.matches()) {
                PARAMETER
                        .matcher(template)
                        .results()
                        .forEach(name -> request.put(name.group(1), route.group(name.group(1))));
                return operation.getKey();
            }
        }
        throw new IllegalArgumentException(method + " " + path + " is no operation of this description");
    }

    /** Returns what is wrong with a request, whose path parameters are members of it. */
    public List<String> problems(String operation, JsonNode request) {
        List<String> problems = new ArrayList<>();
        check(model.at("/operations/" + operation + "/input/shape").asText(), request, operation, problems);
        return problems;
    }

    private void check(String name, JsonNode value, String at, List<String> problems) {
        JsonNode shape = model.path("shapes").path(name);
        switch (shape.path("type").asText()) {
            case "structure" -> structure(shape, value, at, problems);
            case "list" -> {
                if (isA(value.isArray(), "list", at, problems)) {
                    inRange(shape, value.size(), at, problems);
                    for (int i = 0; i < value.size(); i++) {
                        check(shape.at("/member/shape").asText(), value.get(i), at + "[" + i + "]", problems);
                    }
                }
            }
            case "map" -> {
                if (isA(value.isObject(), "map", at, problems)) {
                    inRange(shape, value.size(), at, problems);
                    value.fields()
                            .forEachRemaining(entry -> check(
                                    shape.at("/value/shape").asText(),
                                    entry.getValue(),
                                    at + "." + entry.getKey(),
                                    problems));
                }
            }
            case "string" -> {
                if (isA(value.isTextual(), "string", at, problems)) {
                    text(shape, value.asText(), at, problems);
                }
            }
            case "blob" -> {
                if (isA(value.isTextual(), "blob", at, problems)) {
                    inRange(shape, Base64.getDecoder().decode(value.asText()).length, at, problems);
                }
            }
            case "integer", "long" -> {
                if (isA(value.isIntegralNumber(), "integer", at, problems)) {
                    inRange(shape, value.asDouble(), at, problems);
                }
            }
            case "float", "double" -> {
                if (isA(value.isNumber(), "number", at, problems)) {
                    inRange(shape, value.asDouble(), at, problems);
                }
            }
            case "boolean" -> isA(value.isBoolean(), "boolean", at, problems);
            default -> throw new IllegalStateException("No shape " + name + " in this description");
        }
    }

    private void structure(JsonNode shape, JsonNode value, String at, List<String> problems) {
        if (shape.path("document").asBoolean() || !isA(value.isObject(), "structure", at, problems)) {
            return;
        }
        shape.path("required").forEach(member -> {
            if (!value.has(member.asText())) {
                problems.add(at + "." + member.asText() + " is missing");
            }
        });
        if (shape.path("union").asBoolean() && value.size() != 1) {
            problems.add(at + " must have one member, has " + value.size());
        }
        value.fields().forEachRemaining(entry -> {
            JsonNode member = shape.path("members").path(entry.getKey());
            if (member.isMissingNode()) {
                problems.add(at + "." + entry.getKey() + " is unknown");
            } else {
                check(member.path("shape").asText(), entry.getValue(), at + "." + entry.getKey(), problems);
            }
        });
    }

    private static void text(JsonNode shape, String text, String at, List<String> problems) {
        inRange(shape, text.length(), at, problems);
        if (shape.has("pattern") && !text.matches(shape.path("pattern").asText())) {
            problems.add(at + " does not match " + shape.path("pattern").asText());
        }
        List<String> words = new ArrayList<>();
        shape.path("enum").forEach(word -> words.add(word.asText()));
        if (!words.isEmpty() && !words.contains(text)) {
            problems.add(at + " is none of " + words);
        }
    }

    private static void inRange(JsonNode shape, double size, String at, List<String> problems) {
        if (size < shape.path("min").asDouble(size) || size > shape.path("max").asDouble(size)) {
            problems.add(at + " is out of range: " + size);
        }
    }

    private static boolean isA(boolean is, String type, String at, List<String> problems) {
        if (!is) {
            problems.add(at + " is no " + type);
        }
        return is;
    }
}
