package dev.winnow.analysis;

import dev.winnow.analysis.CallLedger.History;
import dev.winnow.analysis.CallLedger.Made;
import dev.winnow.analysis.CallLedger.Outcome;
import dev.winnow.config.ModelSettings;
import dev.winnow.ports.ModelFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What some cases ask, and which of it is still to be asked: equal questions are one. */
final class Questions {
    private final ModelSettings settings;
    private final List<Prompt.Case> all;
    private final Map<String, Prompt.Case> byKey = new LinkedHashMap<>();

    Questions(
            ModelSettings settings, Prompt prompt, Function<String, List<String>> knownClasses, List<ImageCase> cases) {
        this.settings = settings;
        this.all = cases.stream()
                .map(image -> prompt.ask(settings.id(), image, knownClasses.apply(image.useCase())))
                .toList();
        all.forEach(question -> byKey.putIfAbsent(question.key(), question));
    }

    /** One for each case, in order. */
    List<Prompt.Case> all() {
        return all;
    }

    Set<String> keys() {
        return byKey.keySet();
    }

    /** What is to be asked, in order; what was refused as a first call comes last, so that another one is tried first. */
    List<Prompt.Case> open(History history) {
        List<Prompt.Case> open = new ArrayList<>();
        List<Prompt.Case> refused = new ArrayList<>();
        byKey.forEach((key, question) -> {
            List<Made> today = history.today().getOrDefault(key, List.of());
            List<Made> before = history.otherDays().getOrDefault(key, List.of());
            if (isOpen(today) && isOpen(before)) {
                boolean invalid = today.stream()
                        .map(Made::outcome)
                        .anyMatch(outcome -> outcome != null && outcome.failure() == ModelFailure.Kind.INVALID);
                (invalid ? refused : open).add(question);
            }
        });
        open.addAll(refused);
        return open;
    }

    /** Whether calls of the past leave something to ask. */
    private boolean isOpen(List<Made> made) {
        boolean settled = made.stream().anyMatch(this::isEnough);
        boolean waits = made.stream().anyMatch(Made::waitsForJob);
        boolean lost = made.stream().anyMatch(Made::lost);
        return !settled && !waits && (!lost || settings.limits().askLostAgain());
    }

    /** Whether a call is the last word; a cut answer is not, once answers may be longer. */
    boolean isEnough(Made made) {
        Outcome outcome = made.outcome();
        boolean cut = outcome != null && "max_tokens".equals(outcome.stopReason());
        return made.settled() && !(cut && made.intent().maxTokens() < settings.maxTokens());
    }
}
