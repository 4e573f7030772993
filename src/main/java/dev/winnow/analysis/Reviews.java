package dev.winnow.analysis;

import dev.winnow.analysis.CallLedger.History;
import dev.winnow.analysis.CallLedger.Made;
import dev.winnow.analysis.CallLedger.Outcome;
import dev.winnow.config.ModelSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says what became of each case, by the calls in the ledger; however they were made. */
final class Reviews {
    private final ModelSettings settings;
    private final Prompt prompt;
    private final Answers answers;

    Reviews(ModelSettings settings, Prompt prompt) {
        this.settings = settings;
        this.prompt = prompt;
        this.answers = new Answers(prompt);
    }

    /**
     * Returns one review for each case, in order.
     *
     * @param history calls of the run date and of other days
     * @param unasked why a question was not asked, or not again, by its key
     */
    List<ImageReview> of(Questions questions, History history, Map<String, String> unasked) {
        List<ImageReview> reviews = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Prompt.Case question : questions.all()) {
            List<Made> ofToday = history.today().getOrDefault(question.key(), List.of());
            List<Made> before = history.otherDays().getOrDefault(question.key(), List.of());
            // What other days know counts until this day has called for itself.
            boolean other = ofToday.isEmpty() && !before.isEmpty();
            boolean reused = other || !seen.add(question.key());
            List<Made> made = other ? before : ofToday;
            Optional<Made> settled = made.stream()
                    .filter(Made::settled)
                    .reduce((first, second) -> questions.isEnough(first) ? first : second);
            reviews.add(
                    settled.isPresent()
                            ? settled(question, settled.get(), made.size(), reused)
                            : unsettled(question, made, unasked.get(question.key())));
        }
        return reviews;
    }

    private ImageReview unsettled(Prompt.Case question, List<Made> made, @Nullable String unasked) {
        String status;
        String reason;
        if (made.stream().anyMatch(Made::lost)) {
            status = ImageFindings.LOST;
            reason =
                    "the process ended before the answer was stored; set analysis.model.limits.ask-lost-again to ask again";
        } else if (made.stream().anyMatch(Made::waitsForJob)) {
            status = ImageFindings.SUBMITTED;
            reason = "its batch job is not collected yet";
        } else if (made.isEmpty()) {
            status = ImageFindings.MEASURED;
            reason = Objects.requireNonNullElse(unasked, "not asked");
        } else {
            Outcome last = made.get(made.size() - 1).outcome();
            status = ImageFindings.FAILED;
            reason = (last == null || last.message() == null ? "no answer" : last.message())
                    + (unasked == null ? "" : "; " + unasked);
        }
        return new ImageReview(
                question.image().id(), status, reason, settings.id(), prompt.version(), null, null, made.size(), false);
    }

    private ImageReview settled(Prompt.Case question, Made made, int attempts, boolean reused) {
        Outcome outcome = Objects.requireNonNull(made.outcome());
        if (outcome.failure() != null || outcome.form() == null || outcome.content() == null) {
            return new ImageReview(
                    question.image().id(),
                    ImageFindings.FAILED,
                    outcome.message(),
                    settings.id(),
                    prompt.version(),
                    null,
                    null,
                    attempts,
                    reused);
        }
        String stopReason = Objects.requireNonNullElse(outcome.stopReason(), "");
        Answers.Judged judged = answers.judge(
                outcome.form(), made.intent().job() != null, outcome.content(), stopReason, question.classes());
        return new ImageReview(
                question.image().id(),
                judged.status(),
                judged.reason(),
                settings.id(),
                prompt.version(),
                judged.seen(),
                new ImageReview.Call(
                        outcome.content(),
                        Words.clean(stopReason, 60),
                        Objects.requireNonNullElse(outcome.inputTokens(), 0L),
                        Objects.requireNonNullElse(outcome.outputTokens(), 0L),
                        outcome.cost() / 1e6,
                        outcome.latencyMillis()),
                attempts,
                reused);
    }
}
