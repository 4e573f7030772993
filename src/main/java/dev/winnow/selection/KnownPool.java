package dev.winnow.selection;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import dev.winnow.config.SelectionSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.HashDraw;
import dev.winnow.ports.ReturnedLabels;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds.Round;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Items of earlier rounds that a round may ask about again: those with the lowest hash, another one in each round. What a
 * round asked about in the days of {@code rest-days} is left alone, chosen or planted.
 *
 * <p>Of each use case the driver holds at most eight times what the largest budget plants, and 200 more.
 */
final class KnownPool {
    /** Times as many as are wanted, for images that are gone or in the day's own pool. */
    private static final int RESERVE = 4;

    private static final int LEAST = 100;
    private static final String DRAW = "known_draw";
    private static final String PLACE = "place";

    private KnownPool() {}

    /**
     * Reads the pool.
     *
     * @param sealed rounds that did ask, at least those of the last {@code rest-days}
     * @param useCases the round's
     * @return items by use case, in the order of their draws; none where nothing is to be planted
     */
    static Map<String, List<KnownItem>> of(
            WinnowConfig config,
            TableStore tables,
            ReturnedLabels labels,
            Round round,
            List<Round> sealed,
            Collection<String> useCases) {
        SelectionSettings.Planted planted = config.selection().planted();
        double share = planted.goldShare() + planted.repeatShare();
        List<String> asked = useCases.stream()
                .filter(useCase -> config.labeling().task(useCase).type().choosesOneClass())
                .toList();
        int most = asked.stream()
                .mapToInt(useCase ->
                        (int) Math.ceil(share * config.useCase(useCase).budget()))
                .max()
                .orElse(0);
        if (most == 0) {
            return Map.of();
        }
        Column ofPipeline = col(PlantedItems.PIPELINE).equalTo(config.pipeline());
        Dataset<Row> lately = tables.read(PlantedItems.TABLE)
                .filter(ofPipeline
                        .and(col(PlantedItems.RUN_DATE)
                                .between(lit(round.date().minusDays(planted.restDays())), lit(round.date())))
                        .and(col(PlantedItems.ROUND_ID)
                                .isin(sealed.stream().map(Round::id).toArray())))
                .select(
                        col(KnownItems.USE_CASE),
                        col(PlantedItems.KNOWN_ITEM_ID).as(KnownItems.ITEM_ID))
                .distinct();
        String[] item = {KnownItems.USE_CASE, KnownItems.ITEM_ID};
        Column draw = HashDraw.of(
                "planted|" + config.selection().salt() + "|" + round.id(),
                col(KnownItems.USE_CASE),
                col(KnownItems.ITEM_ID));
        Column place = row_number()
                .over(Window.partitionBy(
                                col(KnownItems.USE_CASE), col(KnownItems.LABEL).isNotNull())
                        .orderBy(col(DRAW), col(KnownItems.ITEM_ID)));
        Map<String, List<KnownItem>> items = new TreeMap<>();
        labels.known(round.date())
                .filter(col(KnownItems.USE_CASE)
                        .isin(asked.toArray())
                        .and(col(KnownItems.ASKED_ON).leq(lit(round.date().minusDays(planted.restDays())))))
                .join(lately, item, "left_anti")
                .withColumn(DRAW, draw)
                .withColumn(PLACE, place)
                .filter(col(PLACE).leq(RESERVE * most + LEAST))
                .collectAsList()
                .forEach(row -> items.computeIfAbsent(row.getAs(KnownItems.USE_CASE), useCase -> new ArrayList<>())
                        .add(KnownItem.of(row, DRAW)));
        items.values().forEach(ofUseCase -> ofUseCase.sort(KnownItem.BY_DRAW));
        return items;
    }
}
