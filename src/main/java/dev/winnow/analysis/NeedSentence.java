package dev.winnow.analysis;

import dev.winnow.analysis.ClassNeed.Rates;
import dev.winnow.analysis.ClassNeed.Trained;
import dev.winnow.analysis.SeenShares.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A {@link ClassNeed} in plain words. */
final class NeedSentence {
    private NeedSentence() {}

    static String of(ClassNeed need) {
        List<String> parts = new ArrayList<>();
        add(parts, errors(need));
        add(parts, seen(need.seen(), need.known()));
        add(parts, training(need.training()));
        if (need.field() != null) {
            parts.add(format(
                    "it is %s of what the field shows", percent(need.field().share())));
        }
        parts.add(verdict(need));
        return need.at().text() + ": " + String.join("; ", parts);
    }

    private static void add(List<String> parts, @Nullable String part) {
        if (part != null) {
            parts.add(part);
        }
    }

    private static @Nullable String errors(ClassNeed need) {
        ClassErrors errors = need.errors();
        Rates rates = need.rates();
        if (errors == null || rates == null) {
            return null;
        }
        String rest = rates.ofRest() == null
                ? ""
                : format(
                        ", %s %s", need.at().isWhole() ? "of the other classes" : "elsewhere", percent(rates.ofRest()));
        return format(
                "%s of %,d trials were errors (%,d alarms wrong, %,d misses)%s",
                percent(rates.rate()), errors.own().n(), errors.wrong(), errors.missed(), rest);
    }

    private static @Nullable String seen(@Nullable Seen seen, boolean known) {
        if (seen == null || (seen.images() == 0 && seen.named() == 0)) {
            return null;
        }
        String people = seen.named() == 0 ? "" : format(", people name it on %,d", seen.named());
        if (seen.read() == 0) {
            return format("no model looked%s", people);
        }
        String corrected = seen.present() == null
                ? format(", uncalibrated: people checked %,d of them%s", seen.checked(), known ? "" : " for this word")
                : format(", corrected %s of the misclassified images", percent(seen.present()));
        return format(
                "the model sees it on %,d of %,d misclassified images by %,d cameras%s%s",
                seen.images(), seen.read(), seen.cameras(), corrected, people);
    }

    private static @Nullable String training(@Nullable Trained trained) {
        return trained == null
                ? null
                : format(
                        "%,d labels (%,d distinct) count as %.0f in training, the median as %.0f",
                        trained.samples(), trained.bursts(), trained.effective(), trained.median());
    }

    private static String verdict(ClassNeed need) {
        if (need.action() == null && !need.known()) {
            return "no alarm of the window names it, and what the model was trained on is not known";
        }
        if (need.action() == null) {
            return need.high()
                    ? "errors are high, but what it was trained on is not known"
                    : "what it was trained on is not known";
        }
        return switch (need.action()) {
            case LABEL_MORE -> "errors are high and training is thin: label more of it";
            case SYNTHETIC -> "errors are high, training is thin and the field shows too little of it: synthesize it";
            case LABEL_QA -> "errors are high though training is not thin: check its labels and its definition";
            case DEFINE_CLASS -> "the model has no such class: define it";
            case OK ->
                need.pValue() == null
                        ? "too little is judged or seen to tell more"
                        : need.known()
                                ? "its errors do not stand out from chance"
                                : "no more often than the model may see what is not there";
        };
    }

    private static String percent(double fraction) {
        return format("%.1f %%", 100 * fraction);
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
