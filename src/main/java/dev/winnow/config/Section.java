package dev.winnow.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException.BadValue;
import com.typesafe.config.ConfigException.Missing;
import com.typesafe.config.ConfigException.WrongType;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads one configuration object, remembers which keys it knows, and collects problems instead of stopping at one. */
final class Section {
    private final String prefix;
    private final Config config;
    private final List<String> problems;
    private final Set<String> known = new TreeSet<>();

    Section(Config config) {
        this("", config, new ArrayList<>());
    }

    private Section(String prefix, Config config, List<String> problems) {
        this.prefix = prefix;
        this.config = config;
        this.problems = problems;
    }

    /** Reads an object with {@code reader} and refuses the keys that nobody read. */
    <T> T object(String key, Function<Section, T> reader) {
        return read(key, object(key), reader);
    }

    private Config object(String key) {
        known.add(key);
        try {
            return config.getConfig(path(key));
        } catch (Missing e) {
            problems.add(prefix + key + " is required, expected an object");
        } catch (WrongType e) {
            problems.add(where(key) + prefix + key + " must be an object");
        }
        return ConfigFactory.empty();
    }

    /** Reads an object whose keys are free names; every entry falls back to the entry {@code base}. */
    <T> Map<String, T> entries(String key, String base, Function<Section, T> reader) {
        Map<String, T> entries = new LinkedHashMap<>();
        Config all = object(key);
        Config fallback =
                all.root().get(base) instanceof ConfigObject object ? object.toConfig() : ConfigFactory.empty();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(all.root()).entrySet()) {
            String name = entry.getKey();
            if (entry.getValue().valueType() == ConfigValueType.OBJECT) {
                entries.put(
                        name, read(key + "." + name, all.getConfig(path(name)).withFallback(fallback), reader));
            } else {
                problems.add(entry.getValue().origin().description() + ": " + prefix + key + "." + name
                        + " must be an object");
            }
        }
        return entries;
    }

    private <T> T read(String key, Config value, Function<Section, T> reader) {
        Section section = new Section(prefix + key + ".", value, problems);
        T result = reader.apply(section);
        section.rejectUnknownKeys();
        return result;
    }

    boolean has(String key) {
        known.add(key);
        return config.hasPath(path(key));
    }

    String text(String key) {
        return value(key, Config::getString, text -> !text.isBlank(), "a text", "?");
    }

    String text(String key, Predicate<String> valid, String rule) {
        return value(key, Config::getString, valid, rule, "?");
    }

    /** Reads a text that may be left out or empty: then the result is empty. */
    String optionalText(String key, Predicate<String> valid, String rule) {
        return has(key) ? value(key, Config::getString, text -> text.isEmpty() || valid.test(text), rule, "") : "";
    }

    <E extends Enum<E>> E oneOf(String key, Class<E> type) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(Names.kebab(constant));
        }
        String name =
                value(key, Config::getString, names::contains, "one of " + String.join(", ", names), names.get(0));
        return type.getEnumConstants()[Math.max(0, names.indexOf(name))];
    }

    int integer(String key, int low, int high) {
        return value(key, Section::whole, n -> n >= low && n <= high, "an integer from " + low + " to " + high, low);
    }

    double number(String key, double low, double high) {
        return value(
                key,
                Config::getDouble,
                n -> n >= low && n <= high,
                "a number from " + Names.plain(low) + " to " + Names.plain(high),
                low);
    }

    boolean flag(String key) {
        return value(key, Config::getBoolean, b -> true, "true or false", false);
    }

    int oneOf(String key, int first, int second) {
        return value(key, Section::whole, n -> n == first || n == second, first + " or " + second, first);
    }

    Duration duration(String key) {
        return value(
                key, Config::getDuration, d -> !d.isNegative() && !d.isZero(), "a duration such as 30s", Duration.ZERO);
    }

    /** Reads a duration that must not be shorter than {@code low}, because of {@code reason}. */
    Duration duration(String key, Duration low, String reason) {
        return value(
                key,
                Config::getDuration,
                d -> d.compareTo(low) >= 0,
                "a duration of at least " + low.toSeconds() + "s: " + reason,
                low);
    }

    List<Integer> integers(String key, Predicate<List<Integer>> valid, String rule) {
        return value(key, Config::getIntList, valid, rule, List.of());
    }

    List<Double> numbers(String key, Predicate<List<Double>> valid, String rule) {
        return value(key, Config::getDoubleList, valid, rule, List.of());
    }

    List<String> texts(String key) {
        return value(key, Config::getStringList, list -> true, "a list of texts", List.of());
    }

    List<String> texts(String key, Predicate<List<String>> valid, String rule) {
        return value(key, Config::getStringList, valid, rule, List.of());
    }

    /** Reads an object whose content is free; returns it as JSON, or an empty text if nothing is in it. */
    String json(String key) {
        Config object = object(key);
        return object.isEmpty() ? "" : object.root().render(ConfigRenderOptions.concise());
    }

    /** Reads a flat object of texts with free keys that match {@code validKey}. */
    Map<String, String> textMap(String key, Predicate<String> validKey, String keyRule) {
        return map(key, validKey, keyRule, text -> text, null);
    }

    /** Reads an object with free keys that match {@code validKey}, whose values are texts or objects. */
    <T> Map<String, T> textOrObjectMap(
            String key,
            Predicate<String> validKey,
            String keyRule,
            Function<String, T> ofText,
            Function<Section, T> ofObject) {
        return map(key, validKey, keyRule, ofText, ofObject);
    }

    private <T> Map<String, T> map(
            String key,
            Predicate<String> validKey,
            String keyRule,
            Function<String, T> ofText,
            @Nullable Function<Section, T> ofObject) {
        known.add(key);
        Map<String, T> result = new TreeMap<>();
        if (!config.hasPath(path(key))) {
            return result;
        }
        if (config.getValue(path(key)).valueType() != ConfigValueType.OBJECT) {
            problems.add(where(key) + prefix + key + " must be an object");
            return result;
        }
        for (Map.Entry<String, ConfigValue> entry : config.getObject(path(key)).entrySet()) {
            String at = entry.getValue().origin().description() + ": ";
            Object value = entry.getValue().unwrapped();
            if (entry.getValue().valueType() == ConfigValueType.NULL) {
                continue; // as everywhere, null takes back what an included file says
            }
            if (!validKey.test(entry.getKey())) {
                problems.add(at + prefix + key + "." + entry.getKey() + ": " + keyRule);
            } else if (ofObject != null && entry.getValue() instanceof ConfigObject object) {
                result.put(entry.getKey(), read(key + "." + entry.getKey(), object.toConfig(), ofObject));
            } else if (value instanceof Map || value instanceof Collection) {
                problems.add(at + prefix + key + "." + entry.getKey() + " must be a text"
                        + (ofObject == null ? "" : " or an object"));
            } else {
                result.put(entry.getKey(), ofText.apply(String.valueOf(value)));
            }
        }
        return result;
    }

    /** Refuses a key that another section has and that would do nothing here; {@code sentence} says what to do. */
    void refuse(String key, String sentence) {
        known.add(key);
        ConfigValue value = config.root().get(key);
        boolean set = value != null && value.valueType() != ConfigValueType.NULL;
        if (set && !(value instanceof ConfigObject object && object.isEmpty())) {
            problem(key, ": " + sentence);
        }
    }

    /** Notes a problem that concerns {@code key}, with its position. */
    void problem(String key, String sentence) {
        problems.add(where(key) + prefix + key + sentence);
    }

    private <T> T value(String key, BiFunction<Config, String, T> getter, Predicate<T> valid, String rule, T fallback) {
        known.add(key);
        try {
            T value = getter.apply(config, path(key));
            if (valid.test(value)) {
                return value;
            }
            problems.add(where(key) + prefix + key + " = " + value + ", expected " + rule);
        } catch (Missing e) {
            problems.add(prefix + key + " is required, expected " + rule);
        } catch (WrongType | BadValue e) {
            problems.add(where(key) + prefix + key + " = "
                    + config.getValue(path(key)).unwrapped() + ", expected " + rule);
        }
        return fallback;
    }

    /** Notes every key that no one asked for, with the nearest known key. */
    void rejectUnknownKeys() {
        for (String key : new TreeSet<>(config.root().keySet())) {
            if (!known.contains(key)) {
                problems.add(where(key) + "unknown key " + prefix + key + Suggestions.nearest(key, known));
            }
        }
    }

    void throwIfInvalid() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /** Reads an integer; the library's own getter would cut 1.5 to 1. */
    private static int whole(Config config, String path) {
        int number = config.getInt(path);
        if (config.getDouble(path) != number) {
            throw new BadValue(path, "not a whole number");
        }
        return number;
    }

    private String where(String key) {
        ConfigValue value = config.root().get(key);
        return value == null ? "" : value.origin().description() + ": ";
    }

    private static String path(String key) {
        return ConfigUtil.joinPath(key);
    }
}
