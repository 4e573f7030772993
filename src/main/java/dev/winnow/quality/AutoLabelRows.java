package dev.winnow.quality;

import dev.winnow.quality.AutoLabelClass.Audited;
import dev.winnow.quality.AutoLabelClass.Decision;
import dev.winnow.quality.AutoLabelClass.Proven;
import dev.winnow.quality.AutoLabelClass.Status;
import dev.winnow.quality.AutoLabelEvidence.Audits;
import dev.winnow.quality.AutoLabelTotals.Alarms;
import dev.winnow.quality.AutoLabelTotals.Before;
import dev.winnow.quality.AutoLabelTotals.Spent;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Rows of {@link AutoLabelDays} and what a person wants to know of them. */
final class AutoLabelRows {
    /** Classes that a sentence names. */
    private static final int NAMED = 20;

    private final String pipeline;
    private final LocalDate day;
    private final SortedMap<ClassKey, AutoLabelClass> classes;
    private final SortedMap<ClassKey, Decision> decisions;
    private final SortedMap<ClassKey, Audits> audits;
    private final SortedMap<ClassKey, Spent> spent;
    private final SortedMap<ClassKey, Alarms> alarms;
    private final SortedMap<ClassKey, Before> before;

    AutoLabelRows(
            String pipeline,
            LocalDate day,
            SortedMap<ClassKey, AutoLabelClass> classes,
            SortedMap<ClassKey, Decision> decisions,
            SortedMap<ClassKey, Audits> audits,
            SortedMap<ClassKey, Spent> spent,
            SortedMap<ClassKey, Alarms> alarms,
            SortedMap<ClassKey, Before> before) {
        this.pipeline = pipeline;
        this.day = day;
        this.classes = classes;
        this.decisions = decisions;
        this.audits = audits;
        this.spent = withAll(spent, Spent::plus, classes);
        this.alarms = withAll(alarms, Alarms::plus, classes);
        this.before = withAll(before, Before::plus, classes);
    }

    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        classes.forEach((key, one) -> rows.add(row(key, one)));
        alls().forEach(key -> rows.add(row(key, null)));
        return rows;
    }

    private List<ClassKey> alls() {
        return classes.keySet().stream().map(ClassKey::all).distinct().toList();
    }

    private Row row(ClassKey key, @Nullable AutoLabelClass one) {
        Decision decision = one == null ? all(key) : decision(key);
        Audited audited = audits.getOrDefault(key, new Audits()).whole;
        Proven proven = one == null ? null : one.proven();
        Alarms today = alarms.getOrDefault(key, Alarms.NONE);
        Before total = total(key);
        Spent people = spent.getOrDefault(key, Spent.NONE);
        boolean any = decision.status() == Status.ISSUED;
        return RowFactory.create(
                pipeline,
                day,
                key.useCase(),
                key.modelVersion(),
                key.label(),
                one == null && !any ? AutoLabelDays.NONE : decision.status().name(),
                decision.reason(),
                proven == null ? null : proven.source(),
                proven == null ? null : proven.threshold(),
                proven == null ? null : proven.bound(),
                one == null ? null : one.provenOn(),
                one == null ? null : one.auditedFrom(),
                audited.judged(),
                audited.wrong(),
                decision.evidence(),
                decision.judgedOn(),
                decision.passedOn(),
                decision.quarantinedFrom(),
                today.wanted(),
                today.issued(),
                today.held(),
                people.reviews(),
                people.audits(),
                total.wanted(),
                total.issued(),
                saved(key));
    }

    private Before total(ClassKey key) {
        Alarms today = alarms.getOrDefault(key, Alarms.NONE);
        return before.getOrDefault(key, Before.NONE).plus(new Before(today.wanted(), today.issued()));
    }

    private @Nullable Double saved(ClassKey key) {
        Before total = total(key);
        Spent people = spent.getOrDefault(key, Spent.NONE);
        return total.wanted() == 0
                ? null
                : (Double) ((double) (total.issued() - people.reviews() - people.audits()) / total.wanted());
    }

    /** All classes of a model version. */
    private Decision all(ClassKey key) {
        List<ClassKey> own = of(key);
        long issued = own.stream()
                .filter(one -> decision(one).status() == Status.ISSUED)
                .count();
        return new Decision(
                issued > 0 ? Status.ISSUED : Status.NOT_PROVEN,
                String.format(Locale.ROOT, "%d of %d classes are labeled without people", issued, own.size()),
                own.stream().mapToDouble(one -> decision(one).evidence()).max().orElse(1),
                own.stream()
                        .map(one -> decision(one).judgedOn())
                        .max(Comparator.naturalOrder())
                        .orElse(day),
                null,
                null);
    }

    private List<ClassKey> of(ClassKey all) {
        return classes.keySet().stream().filter(key -> key.all().equals(all)).toList();
    }

    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        for (ClassKey all : alls()) {
            Alarms today = alarms.getOrDefault(all, Alarms.NONE);
            Spent people = spent.getOrDefault(all, Spent.NONE);
            List<String> named = new ArrayList<>();
            for (ClassKey key : of(all)) {
                Double saved = saved(key);
                if (saved != null && decision(key).status() != Status.NOT_PROVEN) {
                    named.add(String.format(Locale.ROOT, "%s %.1f %%", key.label(), 100 * saved));
                }
                if (decision(key).status() == Status.WITHDRAWN) {
                    sentences.add(String.format(
                            Locale.ROOT,
                            "%s, model %s: %s is no longer labeled without people: %s",
                            key.useCase(),
                            key.modelVersion(),
                            key.label(),
                            decision(key).reason()));
                }
            }
            Double saved = saved(all);
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s, model %s: %,d of the %,d alarms of the day that want a label have one without people; so far,"
                            + " net of %,d reviews and %,d audits, that saved %s of labeling%s%s",
                    all.useCase(),
                    all.modelVersion(),
                    today.issued(),
                    today.wanted(),
                    people.reviews(),
                    people.audits(),
                    saved == null ? "nothing" : String.format(Locale.ROOT, "%.1f %%", 100 * saved),
                    named.isEmpty() ? "" : ": " + String.join(", ", named.subList(0, Math.min(NAMED, named.size()))),
                    named.size() > NAMED ? " and others" : ""));
        }
        return sentences;
    }

    /** Adds what all classes of a model version have together. */
    private static <T> SortedMap<ClassKey, T> withAll(
            SortedMap<ClassKey, T> byClass, BinaryOperator<T> plus, SortedMap<ClassKey, AutoLabelClass> classes) {
        SortedMap<ClassKey, T> with = new TreeMap<>(byClass);
        classes.keySet().forEach(key -> {
            T own = byClass.get(key);
            if (own != null) {
                with.merge(key.all(), own, plus);
            }
        });
        return with;
    }

    private Decision decision(ClassKey key) {
        return Objects.requireNonNull(decisions.get(key));
    }
}
