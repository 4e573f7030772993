package dev.winnow.generate;

import java.util.Arrays;
import java.util.List;

/**
 * What a model looks for.
 *
 * @param id name in the use_case column
 * @param classes what it tells apart
 * @param shares how often each class shows up
 */
record UseCase(String id, List<ObjectClass> classes, Weighted shares) {
    static final ObjectClass PERSON = ObjectClass.of("person", 0.10);
    static final ObjectClass VEHICLE = ObjectClass.of("vehicle", 0.08);
    static final ObjectClass ANIMAL = ObjectClass.of("animal", 0.20);
    static final ObjectClass NO_HELMET = ObjectClass.of("no_helmet", 0.13);
    static final ObjectClass NO_VEST = ObjectClass.of("no_vest", 0.15);
    static final ObjectClass FIRE = ObjectClass.of("fire", 0.25);

    static final UseCase INTRUSION =
            of("intrusion", new ObjectClass[] {PERSON, VEHICLE, ANIMAL}, new double[] {50, 32, 18});
    static final UseCase SAFETY = of("safety", new ObjectClass[] {NO_HELMET, NO_VEST, FIRE}, new double[] {52, 44, 4});
    static final List<UseCase> ALL = List.of(INTRUSION, SAFETY);

    private static UseCase of(String id, ObjectClass[] classes, double[] shares) {
        String[] names = Arrays.stream(classes).map(ObjectClass::name).toArray(String[]::new);
        return new UseCase(id, List.of(classes), Weighted.of(names, shares));
    }

    /** Returns the class for a draw in [0, 1). */
    ObjectClass pick(double draw) {
        return classes.get(shares.index(draw));
    }

    /** Returns a class other than the given one, for a draw in [0, 1). */
    ObjectClass other(ObjectClass not, double draw) {
        int step = 1 + (int) (draw * (classes.size() - 1));
        return classes.get((classes.indexOf(not) + step) % classes.size());
    }

    /**
     * A class of objects.
     *
     * @param name name in the label columns
     * @param baseRate probability that an alarm of this class is wrong, planted segments and cameras aside
     * @param whenCorrect confidences of correct alarms
     * @param whenWrong confidences of wrong alarms
     */
    record ObjectClass(String name, double baseRate, Quantiles whenCorrect, Quantiles whenWrong) {
        /** How peaked confidences are; judgement. */
        private static final double CONCENTRATION = 6;

        /**
         * Creates a class whose confidences are calibrated at its base rate: if confidences are Beta(a, b) and an alarm
         * is correct with just that probability, then those of correct alarms are Beta(a + 1, b) and those of wrong
         * ones Beta(a, b + 1). Where more alarms are wrong than the base rate says, the same draws are overconfident.
         */
        private static ObjectClass of(String name, double baseRate) {
            double a = CONCENTRATION * (1 - baseRate);
            double b = CONCENTRATION * baseRate;
            return new ObjectClass(name, baseRate, Quantiles.beta(a + 1, b), Quantiles.beta(a, b + 1));
        }
    }
}
