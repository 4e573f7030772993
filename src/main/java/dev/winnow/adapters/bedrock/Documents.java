package dev.winnow.adapters.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.document.Document;

/** JSON as the SDK wants it, and back. */
final class Documents {
    private static final JsonMapper JSON = new JsonMapper();

    private Documents() {}

    /** Reads JSON that this application wrote. */
    static Document of(String json) {
        try {
            return document(JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Not JSON: " + json, e);
        }
    }

    /** Writes JSON. */
    static String json(Document document) {
        return node(document).toString();
    }

    private static Document document(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, Document> members = new LinkedHashMap<>();
                node.fields().forEachRemaining(member -> members.put(member.getKey(), document(member.getValue())));
                yield Document.fromMap(members);
            }
            case ARRAY -> {
                List<Document> items = new ArrayList<>();
                node.forEach(item -> items.add(document(item)));
                yield Document.fromList(items);
            }
            case BOOLEAN -> Document.fromBoolean(node.booleanValue());
            case NUMBER -> Document.fromNumber(node.asText());
            case STRING -> Document.fromString(node.textValue());
            default -> Document.fromNull();
        };
    }

    private static JsonNode node(Document document) {
        JsonNodeFactory nodes = JSON.getNodeFactory();
        if (document.isMap()) {
            var object = nodes.objectNode();
            document.asMap().forEach((key, value) -> object.set(key, node(value)));
            return object;
        }
        if (document.isList()) {
            var array = nodes.arrayNode();
            document.asList().forEach(item -> array.add(node(item)));
            return array;
        }
        if (document.isBoolean()) {
            return nodes.booleanNode(document.asBoolean());
        }
        if (document.isNumber()) {
            String digits = document.asNumber().stringValue();
            return digits.matches("-?[0-9]{1,18}")
                    ? nodes.numberNode(Long.parseLong(digits))
                    : nodes.numberNode(document.asNumber().bigDecimalValue());
        }
        return document.isString() ? nodes.textNode(document.asString()) : nodes.nullNode();
    }
}
