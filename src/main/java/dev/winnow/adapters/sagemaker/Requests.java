package dev.winnow.adapters.sagemaker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.ports.ServiceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.sagemaker.model.CreateLabelingJobRequest;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Requests of the API from their JSON, by the SDK's own list of members. What the SDK does not know is refused, not dropped:
 * a job that people are paid for must be the one that was published.
 */
final class Requests {
    private static final JsonMapper JSON = new JsonMapper();

    private Requests() {}

    /**
     * Reads a request.
     *
     * @throws ServiceException naming the first member that the API does not take
     */
    static CreateLabelingJobRequest createLabelingJob(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw malformed("CreateLabelingJob", "is not JSON: " + e.getOriginalMessage());
        }
        if (!root.isObject()) {
            throw malformed("CreateLabelingJob", "is no object");
        }
        CreateLabelingJobRequest.Builder builder = CreateLabelingJobRequest.builder();
        fill(builder, root, "CreateLabelingJob");
        return builder.build();
    }

    private static void fill(SdkPojo builder, JsonNode object, String at) {
        Map<String, SdkField<?>> members = new HashMap<>();
        builder.sdkFields().forEach(field -> members.put(field.memberName(), field));
        object.fields().forEachRemaining(entry -> {
            String where = at + "." + entry.getKey();
            SdkField<?> field = members.get(entry.getKey());
            if (field == null) {
                throw malformed(where, "is no member of the API");
            }
            field.set(builder, value(field, entry.getValue(), where));
        });
    }

    private static Object value(SdkField<?> field, JsonNode json, String at) {
        MarshallingType<?> type = field.marshallingType();
        if (type.equals(MarshallingType.STRING) && json.isTextual()) {
            return json.asText();
        }
        if (type.equals(MarshallingType.INTEGER) && json.isInt()) {
            return json.intValue();
        }
        if (type.equals(MarshallingType.BOOLEAN) && json.isBoolean()) {
            return json.booleanValue();
        }
        if (type.equals(MarshallingType.SDK_POJO) && json.isObject()) {
            SdkPojo nested = field.constructor().get();
            fill(nested, json, at);
            return ((Buildable) nested).build();
        }
        if (type.equals(MarshallingType.LIST) && json.isArray()) {
            SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
            List<Object> values = new ArrayList<>();
            for (JsonNode element : json) {
                values.add(value(member, element, at + "[" + values.size() + "]"));
            }
            return values;
        }
        throw malformed(at, "has a value of another type than the API takes: " + json.getNodeType());
    }

    private static ServiceException malformed(String at, String wrong) {
        return ServiceException.refused("The request of a labeling job can't be sent: " + at + " " + wrong, null);
    }
}
