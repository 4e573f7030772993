package dev.winnow.analysis;

import dev.winnow.config.SampleSettings;
import dev.winnow.stats.Allotment;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * Shares a sample out over strata, in two phases: more images are drawn than are wanted, near-duplicates among them become
 * one, and of what is left each stratum keeps its share.
 *
 * <p>Of the N bursts of a stratum m are drawn, of the R groups of near-duplicates among these n are kept, both uniformly by
 * hashes that know nothing of each other. So an image of the sample has the inclusion probability m/N x n/R, and the sum
 * over a stratum's sample of {@code duplicates / inclusion_probability} is without bias the number of its misclassified
 * images (two-phase sampling, Saerndal, Swensson and Wretman 1992, chapter 9).
 *
 * <p>A stratum takes part by the square root of its bursts, which serves finding causes better than proportion does: a
 * frequent error needs not be seen a hundred times. Each is seen once where there are no more strata than images.
 */
final class Strata {
    /**
     * A class and the worst elevated segment it is wrong in.
     *
     * @param useCase use case
     * @param name class and segment
     * @param bursts misclassified images, those of a burst as one
     * @param images all of them
     * @param elevated whether it names a segment
     */
    record Stratum(String useCase, String name, long bursts, long images, boolean elevated) {
        private String key() {
            return key(useCase, name);
        }

        private static String key(String useCase, String name) {
            return useCase + "\n" + name;
        }
    }

    /**
     * An image that was drawn and fetched.
     *
     * @param id case
     * @param useCase use case
     * @param stratum name of its stratum
     * @param camera camera
     * @param day UTC day of the image
     * @param draw hash by which it was drawn
     * @param keepDraw hash by which it is kept
     * @param duplicates images of its burst
     * @param hash perceptual hash; null: unreadable, nobody's near-duplicate
     */
    record Drawn(
            String id,
            String useCase,
            String stratum,
            String camera,
            LocalDate day,
            double draw,
            double keepDraw,
            long duplicates,
            @Nullable Long hash) {}

    /**
     * An image of the sample.
     *
     * @param id case
     * @param duplicates images that it stands for, itself among them
     * @param probability inclusion probability, see {@link Strata}
     */
    record Kept(String id, long duplicates, double probability) {}

    /** Near-duplicates: the one that was drawn first, and how many images they all stand for. */
    private static final class Group {
        final Drawn first;
        long duplicates;

        Group(Drawn first) {
            this.first = first;
            this.duplicates = first.duplicates;
        }
    }

    private static final Comparator<Drawn> BY_DRAW =
            Comparator.comparingDouble(Drawn::draw).thenComparing(Drawn::id);
    private static final Comparator<Group> BY_KEEP_DRAW =
            Comparator.<Group>comparingDouble(group -> group.first.keepDraw).thenComparing(group -> group.first.id);

    private final Map<String, Stratum> strata = new TreeMap<>();
    private final SampleSettings settings;
    private final Map<String, Integer> drawn = new TreeMap<>();

    /** Plans a sample over strata that all have images; there are as many as classes and elevated segments meet. */
    Strata(List<Stratum> strata, SampleSettings settings) {
        this.settings = settings;
        strata.forEach(stratum -> this.strata.put(stratum.key(), stratum));
        Map<String, Integer> all = new TreeMap<>();
        this.strata.forEach((key, stratum) -> all.put(key, (int) Math.min(Integer.MAX_VALUE / 2, stratum.bursts)));
        shares(all)
                .forEach((key, share) ->
                        drawn.put(key, (int) Math.min(bursts(key), (long) Math.ceil(share * settings.oversample()))));
    }

    private long bursts(String key) {
        return Objects.requireNonNull(strata.get(key), key).bursts;
    }

    /** Splits the sample over the strata, none above what it has. */
    private Map<String, Integer> shares(Map<String, Integer> available) {
        // Strata that have nothing left ask for nothing.
        Map<String, Integer> shares = new TreeMap<>();
        available.forEach((key, images) -> shares.put(key, images == 0 || available.size() > settings.size() ? 0 : 1));
        Map<String, Double> weights = new TreeMap<>();
        Map<String, Integer> limits = new TreeMap<>();
        int first = 0;
        for (Map.Entry<String, Integer> share : shares.entrySet()) {
            Stratum stratum = Objects.requireNonNull(strata.get(share.getKey()), share.getKey());
            weights.put(
                    share.getKey(),
                    Math.sqrt((double) stratum.bursts) * (stratum.elevated ? settings.elevatedWeight() : 1));
            limits.put(share.getKey(), available.getOrDefault(share.getKey(), 0) - share.getValue());
            first += share.getValue();
        }
        Allotment.withinLimits(settings.size() - first, weights, limits)
                .forEach((key, more) -> shares.merge(key, more, Integer::sum));
        return shares;
    }

    /** Returns how many strata there are. */
    int count() {
        return strata.size();
    }

    /** Returns the misclassified images of all strata. */
    long images() {
        return strata.values().stream().mapToLong(Stratum::images).sum();
    }

    /** Returns their bursts. */
    long bursts() {
        return strata.values().stream().mapToLong(Stratum::bursts).sum();
    }

    /** Returns how many images are to be drawn in all. */
    int toDraw() {
        return drawn.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns how many are to be drawn from each stratum, as rows of {@link ImageSample#TAKES}. */
    List<Row> takes() {
        return strata.values().stream()
                .map(stratum -> RowFactory.create(stratum.useCase, stratum.name, drawn.getOrDefault(stratum.key(), 0)))
                .toList();
    }

    /**
     * Cuts what was drawn to the sample: exactly the wanted size, or all groups of near-duplicates if there are fewer.
     *
     * @param images as many of each stratum as {@link #takes} says, in any order
     * @return in an order by chance, so that its beginning is a sample, too
     */
    List<Kept> kept(List<Drawn> images) {
        Map<String, List<Group>> groups = groups(images);
        Map<String, Integer> available = new TreeMap<>();
        groups.forEach((key, all) -> available.put(key, all.size()));
        Map<String, Integer> shares = shares(available);
        List<Group> chosen = new ArrayList<>();
        groups.forEach((key, all) -> all.stream()
                .sorted(BY_KEEP_DRAW)
                .limit(shares.getOrDefault(key, 0))
                .forEach(chosen::add));
        chosen.sort(BY_KEEP_DRAW);
        return chosen.stream()
                .map(group -> {
                    String key = Stratum.key(group.first.useCase, group.first.stratum);
                    double ofBursts = (double) drawn.getOrDefault(key, 0) / bursts(key);
                    double ofGroups = (double) shares.getOrDefault(key, 0) / available.getOrDefault(key, 0);
                    return new Kept(group.first.id, group.duplicates, ofBursts * ofGroups);
                })
                .toList();
    }

    /**
     * Groups images of a stratum, camera and day whose perceptual hash is near that of the group's first; in the order of
     * the draw, so that the groups are the same for any order of the list.
     */
    private Map<String, List<Group>> groups(List<Drawn> images) {
        Map<String, Map<String, List<Group>>> byPlace = new TreeMap<>();
        for (Drawn image : images.stream().sorted(BY_DRAW).toList()) {
            List<Group> here = byPlace.computeIfAbsent(
                            Stratum.key(image.useCase, image.stratum), key -> new TreeMap<>())
                    .computeIfAbsent(image.day + "|" + image.camera, place -> new ArrayList<>());
            here.stream()
                    .filter(group -> near(group.first, image))
                    .findFirst()
                    .ifPresentOrElse(group -> group.duplicates += image.duplicates, () -> here.add(new Group(image)));
        }
        Map<String, List<Group>> groups = new TreeMap<>();
        byPlace.forEach((key, places) ->
                groups.put(key, places.values().stream().flatMap(List::stream).toList()));
        return groups;
    }

    private boolean near(Drawn first, Drawn image) {
        return first.hash != null
                && image.hash != null
                && ImageMeasures.distance(first.hash, image.hash) <= settings.hashDistance();
    }
}
