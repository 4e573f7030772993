package dev.winnow.cli;

import dev.winnow.adapters.bedrock.BedrockBatches;
import dev.winnow.adapters.bedrock.BedrockModel;
import dev.winnow.analysis.BatchReviews;
import dev.winnow.analysis.CallLedger;
import dev.winnow.analysis.CallPlan;
import dev.winnow.analysis.ImageCase;
import dev.winnow.analysis.ImageReview;
import dev.winnow.analysis.ImageReviewer;
import dev.winnow.analysis.ModelReviewer;
import dev.winnow.analysis.Prompt;
import dev.winnow.config.AnalysisSettings;
import dev.winnow.config.ModelSettings;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.runtime.TimeSource;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The model on Bedrock that a run's configuration names; its client is open only while images are reviewed. */
final class BedrockReviewer implements ImageReviewer {
    private static final Logger LOG = LoggerFactory.getLogger(BedrockReviewer.class);

    private final WinnowConfig config;
    private final ObjectStore objects;
    private final Runnable beforeWrite;
    private final boolean collects;
    private final Prompt prompt = Prompt.load();
    private Stage.Paid paid = Stage.Paid.NOTHING;

    BedrockReviewer(Wiring.Run run) {
        this.config = run.config();
        this.objects = run.objects();
        this.beforeWrite = run.beforeCommit();
        this.collects = run.wanted().collects();
    }

    /** What the analysis of {@code images} misclassified images is expected to take, in a sentence. */
    static String plan(WinnowConfig config, long images) {
        AnalysisSettings analysis = config.analysis();
        if (analysis.provider() == AnalysisSettings.Provider.NONE) {
            return "they are measured, and no model is asked: analysis.provider is none";
        }
        int edge = analysis.sample().maxEdge();
        List<String> mostClasses = config.useCases().values().stream()
                .map(UseCaseSettings::labels)
                .max(Comparator.comparingInt(labels -> String.join("", labels).length()))
                .orElse(List.of());
        return CallPlan.of(
                        analysis.model(),
                        Prompt.load(),
                        mostClasses,
                        Collections.nCopies(Math.toIntExact(images), new CallPlan.Size(edge, edge)))
                .sentence(analysis.model());
    }

    @Override
    public String modelId() {
        return settings().id();
    }

    @Override
    public String promptVersion() {
        return prompt.version();
    }

    @Override
    public boolean collects() {
        return collects;
    }

    @Override
    public List<ImageReview> review(LocalDate day, List<ImageCase> cases) {
        // One folder of a pipeline's own, without the characters that batch jobs refuse.
        String root = Places.absolute(config.analysisRoot()) + "/reviews/" + config.pipeline() + "/";
        CallLedger ledger = new CallLedger(objects, root, beforeWrite);
        try {
            return review(day, cases, root, ledger);
        } finally {
            paid = paid.plus(ledger.paid());
        }
    }

    @Override
    public Stage.Paid paid() {
        return paid;
    }

    private List<ImageReview> review(LocalDate day, List<ImageCase> cases, String root, CallLedger ledger) {
        if (config.analysis().provider() == AnalysisSettings.Provider.BEDROCK) {
            try (BedrockModel model = BedrockModel.open(settings())) {
                return new ModelReviewer(
                                settings(), model, objects, ledger, prompt, this::knownClasses, TimeSource.SYSTEM)
                        .review(day, cases);
            }
        }
        try (BedrockBatches model = BedrockBatches.open(settings())) {
            BatchReviews batches =
                    new BatchReviews(settings(), model, objects, root, ledger, prompt, this::knownClasses);
            BatchReviews.Report report = collects ? batches.collect(day) : batches.submit(day, cases);
            LOG.info("{}", report.sentence());
            return batches.reviews(day, cases, report.sentence());
        }
    }

    private ModelSettings settings() {
        return config.analysis().model();
    }

    private List<String> knownClasses(String useCase) {
        return config.useCase(useCase).labels();
    }
}
