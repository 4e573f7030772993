package dev.winnow.analysis;

import dev.winnow.inputs.TrainingSet;
import dev.winnow.stats.ClusterSums;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A use case with classes that are short of training data, looked at by a model that errs: it sees 85 % of what is on an
 * image, and every other class and every other word of its vocabulary on 5 % of the images.
 *
 * <p>Planted are a rare class that the model gets wrong, a rare one that it always takes for others, so that only images
 * show it, and two that it has no word for. Two further classes are as thin in training and no worse than others.
 */
final class PlantedClasses {
    static final double SENSITIVITY = .85;
    static final double SPECIFICITY = .95;
    static final String WRONG = "rare wrong";
    static final String HIDDEN = "rare hidden";
    static final Set<String> RARE = Set.of(WRONG, HIDDEN);
    static final Set<String> MISSING = Set.of("forklift", "drone");
    private static final List<String> HONEST = List.of("thin one", "thin two");

    private static final int CAMERAS = 40;
    private static final int COMMON = 9;
    private static final int PHANTOMS = 20;
    private static final double BASE_RATE = .08;
    private static final double WRONG_RATE = .35;
    private static final double RESEMBLANCE = .05;

    /** Counts of one camera and class. */
    record Cell(String camera, String label, long shown, long wrong, long confirmed, long missed) {}

    final List<TrainingSet.Count> training = new ArrayList<>();
    final List<Cell> cells = new ArrayList<>();
    final List<LookedAt> images = new ArrayList<>();
    final List<Checked> checked = new ArrayList<>();
    private final Map<String, Double> field = new TreeMap<>();
    private final Random random;
    private final double specificity;

    /**
     * Draws one.
     *
     * @param read images that the model looks at
     * @param people images of them that people check
     */
    PlantedClasses(long seed, int read, int people) {
        this(seed, read, people, SPECIFICITY);
    }

    /** Draws one that is looked at by a model of another specificity. */
    PlantedClasses(long seed, int read, int people, double specificity) {
        this.specificity = specificity;
        random = new Random(seed);
        for (int c = 0; c < COMMON; c++) {
            add("class " + c, .1, 600 + random.nextInt(900));
        }
        add(WRONG, .03, 25 + random.nextInt(15));
        add(HIDDEN, 0, 25 + random.nextInt(15));
        HONEST.forEach(label -> add(label, .015, 25 + random.nextInt(15)));
        for (int camera = 0; camera < CAMERAS; camera++) {
            double load = 150 + 500 * random.nextDouble();
            for (Map.Entry<String, Double> of : field.entrySet()) {
                cell("camera " + camera, of.getKey(), (int) Math.round(load * of.getValue()));
            }
        }
        for (int i = 0; i < read; i++) {
            image("image " + i, i < people);
        }
    }

    private void add(String label, double share, int samples) {
        field.put(label, share);
        training.add(new TrainingSet.Count(null, label, null, null, samples * 2L, samples));
    }

    private void cell(String camera, String label, int shown) {
        int judged = 0;
        int wrong = 0;
        double rate = label.equals(WRONG) ? WRONG_RATE : BASE_RATE;
        double weight = 1 / RESEMBLANCE - 1;
        for (int i = 0; i < shown; i++) {
            if (random.nextDouble() < .3) { // Polya's urn: alarms of one camera resemble each other
                double p = (rate * weight + wrong) / (weight + judged);
                wrong += random.nextDouble() < p ? 1 : 0;
                judged++;
            }
        }
        if (shown > 0) {
            cells.add(new Cell(camera, label, shown, wrong, judged - wrong, 0));
        }
    }

    private void image(String name, boolean check) {
        int camera = (int) (CAMERAS * Math.pow(random.nextDouble(), 1.3));
        String truth = truth(camera);
        double probability = random.nextBoolean() ? 1 : .5;
        Set<String> known = field.keySet();
        Set<String> seen = new TreeSet<>();
        for (String word : vocabulary()) {
            if (random.nextDouble() < (word.equals(truth) ? SENSITIVITY : 1 - specificity)) {
                seen.add(word.equals("forklift") && random.nextBoolean() ? "Fork-lift Truck" : word);
            }
        }
        images.add(new LookedAt(name, name, "camera " + camera, 1 / probability, seen, null));
        if (check) {
            for (String label : known) {
                checked.add(new Checked(
                        name,
                        "camera " + camera,
                        label,
                        label.equals(truth),
                        false,
                        1 / probability,
                        seen.contains(label)));
            }
        }
    }

    private static List<String> words() {
        List<String> words = new ArrayList<>(MISSING.stream().sorted().toList());
        for (int i = 0; i < PHANTOMS; i++) {
            words.add("phantom " + i);
        }
        return words;
    }

    private List<String> vocabulary() {
        List<String> all = new ArrayList<>(field.keySet());
        all.addAll(words());
        return all;
    }

    /** What a misclassified image shows; half of the cameras see twice as much of what is planted as the others. */
    private String truth(int camera) {
        double planted = camera % 2 == 0 ? 1.3 : .7;
        double draw = random.nextDouble();
        for (String label : List.of("drone", "forklift", HIDDEN, WRONG)) {
            draw -= .1 * planted;
            if (draw < 0) {
                return label;
            }
        }
        for (String label : HONEST) {
            draw -= .005;
            if (draw < 0) {
                return label;
            }
        }
        return "class " + random.nextInt(COMMON);
    }

    /** Names that the truth knows nothing of. */
    static boolean isPlanted(String label) {
        return RARE.contains(label) || MISSING.contains(label);
    }

    /** What the map is to be made of, cells summed by hand. */
    UseCaseNeeds.Known known(boolean withChecks) {
        return new UseCaseNeeds.Known(
                training,
                List.of(),
                sums(),
                List.of(),
                images,
                withChecks ? checked : List.of(),
                cells.stream().mapToLong(Cell::shown).sum());
    }

    /** Errors by class, without Spark: camera by camera. */
    ErrorSums.OfUseCase sums() {
        List<ClassErrors> errors = new ArrayList<>();
        for (String label : field.keySet()) {
            List<Cell> own = cells.stream().filter(c -> c.label().equals(label)).toList();
            if (own.isEmpty()) {
                continue;
            }
            errors.add(new ClassErrors(
                    ClassAt.whole(label),
                    own.stream().mapToLong(Cell::shown).sum(),
                    own.stream().mapToLong(Cell::wrong).sum(),
                    own.stream().mapToLong(Cell::confirmed).sum(),
                    own.stream().mapToLong(Cell::missed).sum(),
                    byCamera(own),
                    byCamera(
                            cells.stream().filter(c -> !c.label().equals(label)).toList())));
        }
        return new ErrorSums.OfUseCase(errors, byCamera(cells), false);
    }

    private static ClusterSums byCamera(List<Cell> cells) {
        Map<String, long[]> cameras = new TreeMap<>();
        for (Cell cell : cells) {
            long[] sum = cameras.computeIfAbsent(cell.camera(), c -> new long[2]);
            sum[0] += cell.wrong() + cell.missed();
            sum[1] += cell.wrong() + cell.missed() + cell.confirmed();
        }
        return cameras.values().stream()
                .map(sum -> ClusterSums.of(sum[0], sum[1]))
                .reduce(ClusterSums.EMPTY, ClusterSums::plus);
    }
}
