package dev.winnow.analysis;

import dev.winnow.analysis.CallLedger.History;
import dev.winnow.config.ModelSettings;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.VisionModel;
import dev.winnow.runtime.TimeSource;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;

/**
 * Asks a model about each image, once: what was answered before is used again, what was lost is not asked again unless
 * the settings say so, and what the limits do not allow stays unasked.
 *
 * <p>On the driver are the day's calls, and as many images as {@code concurrency} allows.
 */
public final class ModelReviewer implements ImageReviewer {
    private final ModelSettings settings;
    private final VisionModel model;
    private final ObjectStore objects;
    private final CallLedger ledger;
    private final Prompt prompt;
    private final Function<String, List<String>> knownClasses;
    private final TimeSource time;

    /**
     * Creates the reviewer.
     *
     * @param objects where prepared images lie
     * @param knownClasses use case to its classes; an empty list: those that a case names
     */
    public ModelReviewer(
            ModelSettings settings,
            VisionModel model,
            ObjectStore objects,
            CallLedger ledger,
            Prompt prompt,
            Function<String, List<String>> knownClasses,
            TimeSource time) {
        this.settings = settings;
        this.model = model;
        this.objects = objects;
        this.ledger = ledger;
        this.prompt = prompt;
        this.knownClasses = knownClasses;
        this.time = time;
    }

    @Override
    public String modelId() {
        return settings.id();
    }

    @Override
    public String promptVersion() {
        return prompt.version();
    }

    @Override
    public List<ImageReview> review(LocalDate day, List<ImageCase> cases) {
        Questions questions = new Questions(settings, prompt, knownClasses, cases);
        History history = ledger.history(day, questions.keys());
        CallRun.Result result = new CallRun(
                        settings, model, objects, ledger, prompt, time, day, new Allowance(settings.limits(), history))
                .ask(questions.open(history));
        ledger.fold(day);
        return new Reviews(settings, prompt).of(questions, history.and(result.made()), result.unasked());
    }
}
