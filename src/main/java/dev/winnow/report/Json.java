package dev.winnow.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;

/** Rows as JSON, and JSON as text that can stand inside an HTML page. */
final class Json {
    /** Digits of a number with a fraction: more than a chart can show, fewer than the order of a sum could change. */
    private static final MathContext DIGITS = new MathContext(6);

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    static {
        MAPPER.getFactory().setCharacterEscapes(new ForHtml());
    }

    private Json() {}

    static ObjectNode object() {
        return NODES.objectNode();
    }

    static ArrayNode array() {
        return NODES.arrayNode();
    }

    /** Returns the rows in their order, each with its columns by name; what is null is left out. */
    static ArrayNode rows(Collection<Row> rows) {
        ArrayNode array = array();
        rows.forEach(row -> array.add(row(row)));
        return array;
    }

    /** Returns the columns of a row by name; what is null is left out. */
    static ObjectNode row(Row row) {
        ObjectNode object = object();
        StructField[] fields = row.schema().fields();
        for (int i = 0; i < fields.length; i++) {
            boolean isList = fields[i].dataType() instanceof ArrayType;
            JsonNode value = isList && !row.isNullAt(i) ? list(row.getList(i)) : value(row.get(i));
            if (!value.isNull()) {
                object.set(fields[i].name(), value);
            }
        }
        return object;
    }

    /** Returns a value of a row; a number that is none becomes null, text becomes plain text. */
    static JsonNode value(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        } else if (value instanceof String text) {
            return NODES.textNode(PlainText.of(text));
        } else if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        } else if (value instanceof Double number) {
            return number.isNaN() || number.isInfinite()
                    ? NODES.nullNode()
                    : NODES.numberNode(new BigDecimal(number).round(DIGITS).doubleValue());
        } else if (value instanceof Number number) {
            return NODES.numberNode(number.longValue());
        } else if (value instanceof Timestamp time) {
            return NODES.textNode(time.toInstant().toString());
        } else if (value instanceof Row row) {
            return row(row);
        }
        return NODES.textNode(value.toString()); // dates and instants
    }

    static ArrayNode list(List<?> values) {
        ArrayNode array = array();
        values.forEach(value -> array.add(value(value)));
        return array;
    }

    /**
     * Returns the JSON as ASCII text without {@code <}, {@code >}, {@code &} and quotes other than JSON's own, so that
     * nothing in it can end the script element it stands in.
     */
    static String forHtml(JsonNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of nodes can be written as JSON", e);
        }
    }

    /** Escapes what means something to HTML; what is beyond ASCII is escaped by the mapper. */
    private static final class ForHtml extends CharacterEscapes {
        private static final long serialVersionUID = 1;

        private final int[] ascii = CharacterEscapes.standardAsciiEscapesForJSON();

        ForHtml() {
            for (char special : new char[] {'<', '>', '&', '\''}) {
                ascii[special] = CharacterEscapes.ESCAPE_STANDARD;
            }
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii.clone();
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            return new SerializedString(String.format("\\u%04x", character));
        }
    }
}
