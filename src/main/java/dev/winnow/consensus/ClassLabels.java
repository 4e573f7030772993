package dev.winnow.consensus;

import dev.winnow.answers.Answers;
import dev.winnow.config.ConsensusSettings;
import dev.winnow.stats.AnswerBlock;
import dev.winnow.stats.Votes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Makes the rows of {@link Labels} for items whose answers are classes. */
final class ClassLabels implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String pipeline;
    private final String useCase;
    private final String method;
    private final int minAnswers;
    private final double minConfidence;
    private final int maxAnswers;
    private final ArrayList<String> classes;
    private final Rule rule;

    ClassLabels(String pipeline, String useCase, ConsensusSettings settings, List<String> classes, Rule rule) {
        this.pipeline = pipeline;
        this.useCase = useCase;
        this.method = settings.method().name();
        this.minAnswers = settings.minAnswers();
        this.minConfidence = settings.method() == ConsensusSettings.Method.UNANIMOUS ? 1 : settings.minConfidence();
        this.maxAnswers = settings.maxAnswers();
        this.classes = new ArrayList<>(classes);
        this.rule = rule;
    }

    Iterator<Row> of(AnswerBlocks.Block block) {
        return IntStream.range(0, block.answers.items())
                .mapToObj(item -> row(block, item))
                .iterator();
    }

    private Row row(AnswerBlocks.Block block, int item) {
        double[] shares = new double[classes.size()];
        int winner = rule.decide(block.answers, item, shares);
        int truth = block.answers.truth(item);
        if (truth != AnswerBlock.NO_TRUTH) {
            Arrays.fill(shares, 0);
            shares[truth] = 1;
            winner = truth;
        }
        int answers = block.answers.end(item) - block.answers.begin(item);
        Double confidence = winner == Votes.TIE ? null : shares[winner];
        String status =
                truth != AnswerBlock.NO_TRUTH ? Labels.GOLD : status(answers, confidence, minAnswers, minConfidence);
        return RowFactory.create(
                pipeline,
                useCase,
                block.items.get(item),
                Answers.CLASSIFICATION,
                winner == Votes.TIE ? null : classes.get(winner),
                null,
                confidence,
                method,
                status,
                needs(status, answers, maxAnswers),
                answers,
                agreement(block.answers, item, winner),
                entropy(shares),
                posteriors(shares));
    }

    /** Few answers are open even where they tie: the next one decides. */
    static String status(int answers, @Nullable Double confidence, int minAnswers, double minConfidence) {
        if (answers < minAnswers) {
            return Labels.OPEN;
        }
        if (confidence == null) {
            return Labels.TIED;
        }
        return confidence < minConfidence ? Labels.OPEN : Labels.AGREED;
    }

    static @Nullable String needs(String status, int answers, int maxAnswers) {
        if (status.equals(Labels.AGREED) || status.equals(Labels.GOLD)) {
            return null;
        }
        return answers < maxAnswers ? Labels.ONE_MORE : Labels.EXPERT;
    }

    private static @Nullable Double agreement(AnswerBlock block, int item, int winner) {
        int answers = block.end(item) - block.begin(item);
        if (answers == 0 || winner == Votes.TIE) {
            return null;
        }
        int same = 0;
        for (int place = block.begin(item); place < block.end(item); place++) {
            same += block.label(place) == winner ? 1 : 0;
        }
        return (double) same / answers;
    }

    private static double entropy(double[] shares) {
        double entropy = 0;
        for (double share : shares) {
            entropy -= share > 0 ? share * StrictMath.log(share) : 0;
        }
        return Math.max(0, entropy);
    }

    private Row[] posteriors(double[] shares) {
        return IntStream.range(0, shares.length)
                .filter(k -> shares[k] >= Labels.NEGLIGIBLE)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer k) -> -shares[k]).thenComparing(k -> k))
                .map(k -> RowFactory.create(classes.get(k), shares[k]))
                .toArray(Row[]::new);
    }
}
