package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** The page's colors can be read, and told apart by people who lack a kind of cone, in the light, the dark and in print. */
class ColorsTest {
    private static final Path STYLE = Path.of("src/main/resources/dev/winnow/report/report.css");
    private static final List<String> SCHEMES = List.of("light", "dark", "print");

    /** What WCAG 2.2 asks for text, and for drawings (level AA). */
    private static final double TEXT = 4.5;

    private static final double DRAWING = 3;

    /** Distance in CIE Lab from which two lines are easily told apart; what is worse and what is better, from afar. */
    private static final double DISTINCT = 9;

    private static final double OPPOSITE = 60;

    /** How light looks to people without one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1). */
    private static final Map<String, double[][]> EYES = Map.of(
            "all cones", new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
            "protanopia",
                    new double[][] {
                        {0.152286, 1.052583, -0.204868},
                        {0.114503, 0.786281, 0.099216},
                        {-0.003882, -0.048116, 1.051998}
                    },
            "deuteranopia",
                    new double[][] {
                        {0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}
                    },
            "tritanopia",
                    new double[][] {
                        {1.255528, -0.076749, -0.178779},
                        {-0.078411, 0.930809, 0.147602},
                        {0.004733, 0.691367, 0.303900}
                    });

    @Test
    void textAndDrawingsStandOutFromWhatIsBehindThem() {
        SoftAssertions.assertSoftly(each -> schemes().forEach((scheme, colors) -> {
            for (String text : List.of("ink", "soft", "warm-text", "cool-text")) {
                for (String behind : List.of("card", "page", "sunk")) {
                    each.assertThat(contrast(colors, text, behind))
                            .as("%s: %s on %s", scheme, text, behind)
                            .isGreaterThanOrEqualTo(TEXT);
                }
            }
            each.assertThat(contrast(colors, "on-strong", "warm-text"))
                    .as(scheme)
                    .isGreaterThanOrEqualTo(TEXT);
            for (String line : List.of("c1", "c2", "c3", "c4", "c5", "c6", "warm", "cool", "focus")) {
                each.assertThat(contrast(colors, line, "card"))
                        .as("%s: %s", scheme, line)
                        .isGreaterThanOrEqualTo(DRAWING);
            }
        }));
    }

    @Test
    void everyPairCanBeToldApartByEveryEye() {
        SoftAssertions.assertSoftly(each -> schemes()
                .forEach((scheme, colors) -> EYES.forEach((eye, cones) -> {
                    each.assertThat(distance(colors, "warm", "cool", cones))
                            .as("%s, %s: worse and better", scheme, eye)
                            .isGreaterThan(OPPOSITE);
                    for (int i = 1; i <= 6; i++) {
                        for (int k = i + 1; k <= 6; k++) {
                            each.assertThat(distance(colors, "c" + i, "c" + k, cones))
                                    .as("%s, %s: lines %d and %d", scheme, eye, i, k)
                                    .isGreaterThan(DISTINCT);
                        }
                    }
                })));
    }

    @Test
    void colorsThatLookAlikeWouldBeNoticed() {
        Map<String, String> alike = Map.of("a", "#d55e00", "b", "#a66f00");
        assertThat(distance(alike, "a", "b", Objects.requireNonNull(EYES.get("protanopia"))))
                .isLessThan(DISTINCT);
        assertThat(contrast(Map.of("a", "#999999", "b", "#ffffff"), "a", "b")).isLessThan(DRAWING);
    }

    /** Colors by scheme: the dark one and print say only what they change. */
    private static Map<String, Map<String, String>> schemes() {
        List<String> roots = Pattern.compile(":root\\s*\\{([^}]*)}")
                .matcher(style())
                .results()
                .map(root -> root.group(1))
                .toList();
        assertThat(roots).hasSameSizeAs(SCHEMES);
        Map<String, Map<String, String>> schemes = new LinkedHashMap<>();
        for (int i = 0; i < roots.size(); i++) {
            Map<String, String> colors = new HashMap<>(schemes.getOrDefault(SCHEMES.get(0), Map.of()));
            for (MatchResult color : Pattern.compile("--([a-z0-9-]+):\\s*(#[0-9a-f]{3,6})")
                    .matcher(roots.get(i))
                    .results()
                    .toList()) {
                colors.put(color.group(1), color.group(2));
            }
            schemes.put(SCHEMES.get(i), colors);
        }
        return schemes;
    }

    private static String style() {
        try {
            return Files.readString(STYLE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String of(Map<String, String> colors, String name) {
        return Objects.requireNonNull(colors.get(name), name);
    }

    /** Red, green and blue as amounts of light in [0, 1]. */
    private static double[] light(String color) {
        String digits = color.length() == 4 ? color.replaceAll("([0-9a-f])", "$1$1") : color;
        return IntStream.of(1, 3, 5)
                .mapToDouble(at -> Integer.parseInt(digits.substring(at, at + 2), 16) / 255.0)
                .map(value -> value <= .04045 ? value / 12.92 : Math.pow((value + .055) / 1.055, 2.4))
                .toArray();
    }

    private static double times(double[] row, double[] light) {
        return IntStream.range(0, 3).mapToDouble(i -> row[i] * light[i]).sum();
    }

    private static double contrast(Map<String, String> colors, String one, String other) {
        double[] parts = {.2126, .7152, .0722};
        double[] luminance = {times(parts, light(of(colors, one))), times(parts, light(of(colors, other)))};
        return (Math.max(luminance[0], luminance[1]) + .05) / (Math.min(luminance[0], luminance[1]) + .05);
    }

    private static double distance(Map<String, String> colors, String one, String other, double[][] cones) {
        double[] a = lab(of(colors, one), cones);
        double[] b = lab(of(colors, other), cones);
        return Math.sqrt(IntStream.range(0, 3)
                .mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i]))
                .sum());
    }

    private static double[] lab(String color, double[][] cones) {
        double[] seen = DoubleStream.of(
                        times(cones[0], light(color)), times(cones[1], light(color)), times(cones[2], light(color)))
                .map(value -> Math.min(1, Math.max(0, value)))
                .toArray();
        double x = root(times(new double[] {.4124, .3576, .1805}, seen) / .95047);
        double y = root(times(new double[] {.2126, .7152, .0722}, seen));
        double z = root(times(new double[] {.0193, .1192, .9505}, seen) / 1.08883);
        return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
    }

    private static double root(double value) {
        return value > .008856 ? Math.cbrt(value) : 7.787 * value + 16.0 / 116;
    }
}
