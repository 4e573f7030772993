package dev.winnow.generate;

import dev.winnow.generate.UseCase.ObjectClass;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What the fleet's models were trained on: images labeled by habit, a few of every site every day. So there is plenty of
 * what shows up every day, and little of animals, fires and the night.
 */
final class TrainingCounts {
    private static final int PLENTY = 12_000;
    private static final int FEW = 400;

    /** Labels of one burst: images that followed each other were labeled together. */
    private static final int PER_BURST = 4;

    private TrainingCounts() {}

    /** Returns a row for each use case, class and light, shaped like {@link FleetTables#TRAINING}. */
    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (UseCase useCase : UseCase.ALL) {
            for (ObjectClass label : useCase.classes()) {
                for (Lighting lighting : Lighting.values()) {
                    long samples = samples(label) * percent(lighting) / 100;
                    rows.add(
                            RowFactory.create(useCase.id(), label.name(), lighting.id(), samples, samples / PER_BURST));
                }
            }
        }
        return rows;
    }

    private static long samples(ObjectClass label) {
        return label.equals(UseCase.ANIMAL) || label.equals(UseCase.FIRE) ? FEW : PLENTY;
    }

    private static long percent(Lighting lighting) {
        return switch (lighting) {
            case DAY -> 80;
            case DUSK -> 10;
            case IR -> 6;
            case NIGHT -> 4;
        };
    }
}
