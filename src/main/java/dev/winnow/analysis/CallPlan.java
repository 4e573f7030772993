package dev.winnow.analysis;

import dev.winnow.config.ModelSettings;
import dev.winnow.config.ModelSettings.ImageTier;
import dev.winnow.ports.VisionModel.Usage;
import java.util.List;
import java.util.Locale;

/**
 * What looking at images is expected to take, before anything is spent.
 *
 * @param calls calls, if none need be repeated
 * @param inputTokens tokens in
 * @param outputTokens tokens out at most
 * @param dollars dollars at most
 */
public record CallPlan(long calls, long inputTokens, long outputTokens, double dollars) {
    /** Pixels of a model's patch, on an edge: one token each. */
    private static final int PATCH = 28;

    /** Characters of a token, at the least; by judgement. */
    private static final int CHARACTERS = 3;

    /** Tokens that the service adds for tools; by judgement. */
    private static final int TOOL_TOKENS = 400;

    /**
     * Size of an image.
     *
     * @param width pixels
     * @param height pixels
     */
    public record Size(int width, int height) {}

    /**
     * Plans one call for each image.
     *
     * @param prompt what is asked
     * @param classes known classes of the use case
     * @param images sizes of the prepared images
     */
    public static CallPlan of(ModelSettings model, Prompt prompt, List<String> classes, List<Size> images) {
        int characters =
                prompt.characters(prompt.ask(model.id(), new ImageCase("", "", "", "", 1, 1, "", "", "", ""), classes));
        long input = images.stream()
                .mapToLong(size -> inputTokens(model, size, characters))
                .sum();
        long output = (long) images.size() * model.maxTokens();
        return new CallPlan(images.size(), input, output, microDollars(model, new Usage(input, output)) / 1e6);
    }

    /** Says it for people, beside what the run may spend at most. */
    public String sentence(ModelSettings model) {
        ModelSettings.Limit limit = model.limits().run();
        return String.format(
                Locale.ROOT,
                "%s is asked %,d times if no call fails: at most %,d tokens in and %,d out, %,.2f dollars; the run's limits"
                        + " are %,d calls and %,.2f dollars",
                model.id(),
                calls,
                inputTokens,
                outputTokens,
                dollars,
                limit.calls(),
                limit.dollars());
    }

    /** Tokens of one image: its 28 x 28 patches after it was scaled down, as the vendor's vision guide has it. */
    static long imageTokens(ImageTier tier, Size size) {
        double scale = Math.min(1, (double) tier.maxEdge() / Math.max(size.width(), size.height()));
        long columns = (long) Math.ceil(Math.round(size.width() * scale) / (double) PATCH);
        long rows = (long) Math.ceil(Math.round(size.height() * scale) / (double) PATCH);
        return Math.min(Math.max(1, columns) * Math.max(1, rows), tier.maxTokens());
    }

    /** Tokens that one question takes, rather too many. */
    static long inputTokens(ModelSettings model, Size size, int characters) {
        return imageTokens(model.imageTier(), size) + characters / CHARACTERS + TOOL_TOKENS;
    }

    /** Millionths of a dollar at the configured prices, rounded up: dollars per million tokens are just that a token. */
    static long microDollars(ModelSettings model, Usage usage) {
        return (long) Math.ceil(usage.input() * model.inputPrice() + usage.output() * model.outputPrice());
    }
}
