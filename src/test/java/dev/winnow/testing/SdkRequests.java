package dev.winnow.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.Buildable;

/** Makes requests of AWS's SDK of JSON that names members as the service does, as {@code --cli-input-json} takes it. */
public final class SdkRequests {
    private SdkRequests() {}

    /**
     * Fills the builder of a request and returns it.
     *
     * @throws IllegalArgumentException if the SDK knows no such member, or it has another type
     */
    public static <B extends SdkPojo> B filled(B builder, JsonNode json) {
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            SdkField<?> field = builder.sdkFields().stream()
                    .filter(known -> known.memberName().equals(entry.getKey()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("The SDK has no member " + entry.getKey()));
            field.set(builder, value(field, entry.getValue()));
        }
        return builder;
    }

    private static Object value(SdkField<?> field, JsonNode json) {
        MarshallingType<?> type = field.marshallingType();
        if (type == MarshallingType.SDK_POJO && json.isObject()) {
            return ((Buildable) filled(field.constructor().get(), json)).build();
        }
        if (type == MarshallingType.LIST && json.isArray()) {
            SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
            List<Object> list = new ArrayList<>();
            json.forEach(element -> list.add(value(member, element)));
            return list;
        }
        if (type == MarshallingType.MAP && json.isObject()) {
            SdkField<?> member = field.getTrait(MapTrait.class).valueFieldInfo();
            Map<String, Object> map = new LinkedHashMap<>();
            json.properties().forEach(entry -> map.put(entry.getKey(), value(member, entry.getValue())));
            return map;
        }
        if (type == MarshallingType.STRING && json.isTextual()) {
            return json.asText();
        }
        if (type == MarshallingType.INTEGER && json.isInt()) {
            return json.asInt();
        }
        if (type == MarshallingType.LONG && json.canConvertToLong()) {
            return json.asLong();
        }
        if (type == MarshallingType.BOOLEAN && json.isBoolean()) {
            return json.asBoolean();
        }
        throw new IllegalArgumentException(field.memberName() + ": " + json + " is no " + type);
    }
}
