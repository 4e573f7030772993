package dev.winnow.segments;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every segment that some dimensions can form, numbered: a subset of dimensions and one value of each.
 *
 * <p>Subsets come in order of their size, so the whole has id 0 and the ids of one number of predicates are contiguous.
 * Within a subset an id is the mixed-radix number of its values' places in sorted dictionaries. So ids depend on the
 * sets of values only, not on the order in which anyone saw them, and mean nothing beside their own lattice.
 *
 * <p>Not every id exists in the data: {@link SegmentSums} finds those that do. Memory: about 100 bytes per distinct
 * value, use case and camera, so below 2 MB for 5,000 cameras and dimensions of up to 5,000 values, and 0.3 GB where
 * every default limit is reached (12 dimensions of 100,000 values, a million cameras).
 */
public final class Lattice implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Bits of a packed word: the sign bit stays free, so that words sort as numbers. */
    private static final int WORD = 63;

    private static final int MAX_DIMENSIONS = 30;

    /**
     * A column whose values make segments.
     *
     * @param name name in predicates
     * @param column its column in cells
     * @param ofCamera whether one camera has mostly one value, as a site has: such dimensions cost nothing per cell.
     *     Sums are right either way
     */
    public record Dimension(String name, String column, boolean ofCamera) implements Serializable {}

    /**
     * One condition of a segment.
     *
     * @param dimension dimension name
     * @param value what its column equals
     */
    public record Predicate(String dimension, String value) {}

    /**
     * How deep dimensions combine and how much memory may be used. The defaults are chosen by judgement.
     *
     * @param predicates most predicates of a segment
     * @param wideAbove a dimension of more values than this is wide
     * @param widePredicates most predicates of a segment that has a wide dimension
     * @param values most distinct values of a dimension; more are refused
     * @param cameras most distinct cameras; more are refused
     * @param denseSubset a subset of at most this many ids may be summed in a plain array, others in a hash map
     * @param denseTotal ids in plain arrays altogether, 168 bytes each and task
     * @param tableSegments segments of one task above which its sums are handed on between two cameras, 230 bytes
     *     each
     */
    public record Limits(
            int predicates,
            int wideAbove,
            int widePredicates,
            int values,
            int cameras,
            int denseSubset,
            int denseTotal,
            int tableSegments)
            implements Serializable {
        /** Three predicates, two with a dimension of more than 200 values; about 0.3 GB per task at most. */
        public static final Limits DEFAULT = new Limits(3, 200, 2, 100_000, 1_000_000, 1 << 16, 1 << 19, 1 << 20);

        public Limits {
            if (predicates < 0 || widePredicates < 0 || wideAbove < 0) {
                throw new IllegalArgumentException("Expected limits of predicates and values >= 0, got " + predicates
                        + ", " + widePredicates + " and " + wideAbove);
            }
            if (values < 1 || cameras < 1 || denseSubset < 0 || denseTotal < 0 || tableSegments < 1) {
                throw new IllegalArgumentException("Expected positive limits of values, cameras and segments");
            }
        }

        /** The same with other limits of predicates. */
        public Limits withPredicates(int most, int wideFrom, int mostWithWide) {
            return new Limits(most, wideFrom, mostWithWide, values, cameras, denseSubset, denseTotal, tableSegments);
        }

        /** The same with other limits of memory. */
        public Limits withTables(int subset, int total, int segments) {
            return new Limits(predicates, wideAbove, widePredicates, values, cameras, subset, total, segments);
        }
    }

    private final List<Dimension> dimensions;
    private final int fixed;
    private final int site;
    private final Limits limits;
    private final List<String> useCases;
    private final List<String> cameras;
    private final List<List<String>> values;

    private final int[] masks;
    private final int[][] members;
    private final long[][] strides;
    private final long[] bases;
    private final long[] levels;
    private final Map<Integer, Integer> subsets = new HashMap<>();

    private final int[] word;
    private final int[] shift;
    private final long[] codeMask;
    private final int placeWords;
    private final int frameWords;
    private final int cameraShift;
    private final int useCaseShift;

    private Lattice(
            List<Dimension> dimensions,
            @Nullable String siteDimension,
            Limits limits,
            List<String> useCases,
            List<String> cameras,
            List<List<String>> values) {
        this.dimensions = dimensions;
        this.limits = limits;
        this.useCases = useCases;
        this.cameras = cameras;
        this.values = values;
        fixed = (int) dimensions.stream().filter(Dimension::ofCamera).count();
        site = siteDimension == null ? -1 : place(dimensions, siteDimension);
        if (site >= fixed) {
            throw new IllegalArgumentException(
                    "Dimension " + siteDimension + " must belong to the camera to be its site");
        }

        masks = allowedSubsets();
        members = new int[masks.length][];
        strides = new long[masks.length][];
        bases = new long[masks.length + 1];
        levels = new long[limits.predicates + 2];
        for (int s = 0; s < masks.length; s++) {
            subsets.put(masks[s], s);
            members[s] = setBits(masks[s]);
            strides[s] = new long[members[s].length];
            try {
                long product = 1;
                for (int i = members[s].length - 1; i >= 0; i--) {
                    strides[s][i] = product;
                    product = Math.multiplyExact(
                            product, values.get(members[s][i]).size());
                }
                bases[s + 1] = Math.addExact(bases[s], product);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        "The dimensions can form more than 2^63 segments; lower the number of predicates, "
                                + limits.predicates + ", or that of wide dimensions, " + limits.widePredicates,
                        e);
            }
            Arrays.fill(levels, members[s].length + 1, levels.length, bases[s + 1]);
        }

        word = new int[dimensions.size()];
        shift = new int[dimensions.size()];
        codeMask = new long[dimensions.size()];
        Arrays.setAll(codeMask, d -> (1L << bits(values.get(d).size())) - 1);
        int groupBits = bits(cameras.size()) + bits(useCases.size());
        int used = 0;
        int at = 0;
        int first = -1; // bits of the first word that hold dimensions of the camera
        for (int d = 0; d < fixed; d++) {
            int room = WORD - (at == 0 ? groupBits : 0);
            if (used + bits(values.get(d).size()) > room) {
                first = first < 0 ? used : first;
                at++;
                used = 0;
            }
            word[d] = at;
            shift[d] = used;
            used += bits(values.get(d).size());
        }
        cameraShift = first < 0 ? used : first;
        useCaseShift = cameraShift + bits(cameras.size());
        placeWords = at + 1;
        at = 0;
        used = 0;
        for (int d = fixed; d < dimensions.size(); d++) {
            if (used + bits(values.get(d).size()) > WORD) {
                at++;
                used = 0;
            }
            word[d] = at;
            shift[d] = used;
            used += bits(values.get(d).size());
        }
        frameWords = fixed < dimensions.size() ? at + 1 : 0;
    }

    /**
     * Numbers the segments that these values can form.
     *
     * @param dimensions distinct names, at most 30
     * @param siteDimension the dimension, one of the camera, whose values are sites; null if there is none
     * @param useCases use cases, in any order
     * @param cameras cameras, in any order
     * @param values values by dimension name, in any order
     * @throws IllegalArgumentException if a limit is passed; the message names the dimension
     */
    public static Lattice of(
            List<Dimension> dimensions,
            @Nullable String siteDimension,
            Limits limits,
            Collection<String> useCases,
            Collection<String> cameras,
            Map<String, ? extends Collection<String>> values) {
        List<Dimension> ordered = ordered(dimensions);
        List<List<String>> dictionaries = new ArrayList<>();
        for (Dimension dimension : ordered) {
            Collection<String> seen = values.get(dimension.name());
            dictionaries.add(sorted(seen == null ? List.of() : seen));
            if (dictionaries.get(dictionaries.size() - 1).size() > limits.values) {
                throw new IllegalArgumentException("Dimension " + dimension.name() + " has more than " + limits.values
                        + " distinct values; bin it, or leave it out");
            }
        }
        List<String> sortedCameras = sorted(cameras);
        if (sortedCameras.size() > limits.cameras) {
            throw new IllegalArgumentException("There are more than " + limits.cameras + " cameras in the cells");
        }
        return new Lattice(ordered, siteDimension, limits, sorted(useCases), sortedCameras, List.copyOf(dictionaries));
    }

    /** The dimensions as a lattice orders them: those of the camera first, each kind by name. */
    static List<Dimension> ordered(List<Dimension> dimensions) {
        if (dimensions.size() > MAX_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "Expected at most " + MAX_DIMENSIONS + " dimensions, got " + dimensions.size());
        }
        List<Dimension> ordered = new ArrayList<>(dimensions);
        ordered.sort(Comparator.comparing((Dimension d) -> !d.ofCamera()).thenComparing(Dimension::name));
        if (ordered.stream().map(Dimension::name).distinct().count() < ordered.size()) {
            throw new IllegalArgumentException("Expected dimensions of different names, got " + ordered);
        }
        return List.copyOf(ordered);
    }

    private static List<String> sorted(Collection<String> values) {
        return List.copyOf(new TreeSet<>(values));
    }

    /**
     * The place of a dimension.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    int place(String name) {
        return place(dimensions, name);
    }

    private static int place(List<Dimension> dimensions, String name) {
        for (int d = 0; d < dimensions.size(); d++) {
            if (dimensions.get(d).name().equals(name)) {
                return d;
            }
        }
        throw new IllegalArgumentException("There is no dimension " + name + " among " + dimensions);
    }

    /** A subset of an allowed subset is allowed: it has no more predicates and no more wide ones. */
    private int[] allowedSubsets() {
        List<Integer> found = new ArrayList<>(List.of(0));
        List<Integer> last = found;
        for (int size = 1; size <= Math.min(limits.predicates, dimensions.size()); size++) {
            List<Integer> next = new ArrayList<>();
            for (int mask : last) {
                for (int d = mask == 0 ? 0 : 32 - Integer.numberOfLeadingZeros(mask); d < dimensions.size(); d++) {
                    int more = mask | 1 << d;
                    if (size <= limits.widePredicates || !hasWide(more)) {
                        next.add(more);
                    }
                }
            }
            found = new ArrayList<>(found);
            found.addAll(next);
            last = next;
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private boolean hasWide(int mask) {
        for (int d : setBits(mask)) {
            if (values.get(d).size() > limits.wideAbove) {
                return true;
            }
        }
        return false;
    }

    /** Places of the set bits, ascending. */
    static int[] setBits(int mask) {
        int[] places = new int[Integer.bitCount(mask)];
        int rest = mask;
        for (int i = 0; i < places.length; i++) {
            places[i] = Integer.numberOfTrailingZeros(rest);
            rest &= rest - 1;
        }
        return places;
    }

    /** Bits that hold a place among {@code size}. */
    static int bits(long size) {
        return size <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(size - 1);
    }

    List<Dimension> dimensions() {
        return dimensions;
    }

    Limits limits() {
        return limits;
    }

    /** Dimensions of the camera; they are the first ones. */
    int fixed() {
        return fixed;
    }

    /** The dimension whose values are sites; -1 if there is none. */
    int site() {
        return site;
    }

    List<String> useCases() {
        return useCases;
    }

    List<String> cameras() {
        return cameras;
    }

    /** Values of a dimension, sorted. */
    List<String> values(int dimension) {
        return values.get(dimension);
    }

    int cardinality(int dimension) {
        return values.get(dimension).size();
    }

    /** Number of subsets of dimensions, the empty one included. */
    public int subsets() {
        return masks.length;
    }

    /** The dimensions of a subset as bits. */
    int mask(int subset) {
        return masks[subset];
    }

    /** The number of the subset with these bits; -1 if it is not allowed. */
    int subset(int mask) {
        return subsets.getOrDefault(mask, -1);
    }

    /** The first id of a subset; the subset after it begins where it ends. */
    long base(int subset) {
        return bases[subset];
    }

    /** Ids a subset has: the product of its cardinalities. */
    long width(int subset) {
        return bases[subset + 1] - bases[subset];
    }

    /** Ids there are, whether they exist in the data or not. */
    long size() {
        return bases[masks.length];
    }

    /** The first id of segments with this many predicates; they end where those with one more begin. */
    long firstOfLevel(int predicates) {
        return levels[predicates];
    }

    /** The id of a subset's segment, given the code of every dimension; those outside the subset are ignored. */
    long id(int subset, int[] codes) {
        long id = bases[subset];
        int[] of = members[subset];
        for (int i = 0; i < of.length; i++) {
            id += codes[of[i]] * strides[subset][i];
        }
        return id;
    }

    /**
     * The id of the segment with these predicates.
     *
     * @throws IllegalArgumentException if a dimension or value is unknown or the subset is not allowed
     */
    public long id(Map<String, String> predicates) {
        int[] codes = new int[dimensions.size()];
        int mask = 0;
        for (Map.Entry<String, String> predicate : predicates.entrySet()) {
            int d = place(dimensions, predicate.getKey());
            codes[d] = Collections.binarySearch(values.get(d), predicate.getValue());
            if (codes[d] < 0) {
                throw new IllegalArgumentException("No cell has " + predicate.getKey() + "=" + predicate.getValue());
            }
            mask |= 1 << d;
        }
        int subset = subset(mask);
        if (subset < 0) {
            throw new IllegalArgumentException("The limits allow no segment of " + predicates.keySet());
        }
        return id(subset, codes);
    }

    /** The subset an id belongs to. */
    int subsetOf(long id) {
        if (id < 0 || id >= size()) {
            throw new IllegalArgumentException("Expected an id from 0 to " + (size() - 1) + ", got " + id);
        }
        int found = Arrays.binarySearch(bases, id);
        // Subsets of a dimension without values have no ids; the last of equal bases is the one that has.
        int subset = found >= 0 ? found : -found - 2;
        while (bases[subset + 1] <= id) {
            subset++;
        }
        return subset;
    }

    /** The predicates of a segment, by dimension name. */
    public List<Predicate> decode(long id) {
        int[] codes = new int[dimensions.size()];
        Map<String, Predicate> byName = new TreeMap<>();
        for (int d : setBits(decode(id, codes))) {
            String name = dimensions.get(d).name();
            byName.put(name, new Predicate(name, values.get(d).get(codes[d])));
        }
        return List.copyOf(byName.values());
    }

    /** Sets the codes of a segment's predicates, and only these; returns its dimensions as bits. */
    int decode(long id, int[] codes) {
        int subset = subsetOf(id);
        long rest = id - bases[subset];
        for (int i = 0; i < members[subset].length; i++) {
            codes[members[subset][i]] = (int) (rest / strides[subset][i]);
            rest %= strides[subset][i];
        }
        return masks[subset];
    }

    /** The ids of a segment less one predicate, one per predicate. */
    long[] parents(long id) {
        int[] codes = new int[dimensions.size()];
        int subset = subset(decode(id, codes));
        int[] of = members[subset];
        long[] parents = new long[of.length];
        for (int i = 0; i < of.length; i++) {
            parents[i] = id(subset(masks[subset] & ~(1 << of[i])), codes);
        }
        return parents;
    }

    // How cells travel: use case, camera and the camera's dimensions in place words, the others in frame words, each
    // dimension in as many bits as it needs. The first place word has the use case on top and the camera below, so
    // sorting by the words brings a use case together, in it a camera, and in it equal values of its dimensions.

    /** Words that hold use case, camera and the camera's dimensions; at least 1, and almost always 1. */
    int placeWords() {
        return placeWords;
    }

    /** Words that hold the other dimensions; 0 if there are none. */
    int frameWords() {
        return frameWords;
    }

    /** How far the first place word is shifted to leave use case and camera. */
    int cameraShift() {
        return cameraShift;
    }

    /** How far the first place word is shifted to leave the use case. */
    int useCaseShift() {
        return useCaseShift;
    }

    /** The word that holds a dimension's code, among the place words for one of the camera's, else the frame words. */
    int word(int dimension) {
        return word[dimension];
    }

    /** How far its word is shifted to leave a dimension's code below others. */
    int shift(int dimension) {
        return shift[dimension];
    }

    /** The bits of a dimension's code. */
    long codeMask(int dimension) {
        return codeMask[dimension];
    }

    int useCaseOf(long place) {
        return (int) (place >>> useCaseShift);
    }

    int cameraOf(long place) {
        return (int) (place >>> cameraShift) & ((1 << (useCaseShift - cameraShift)) - 1);
    }

    /** Packs a place; {@code codes} has every dimension's code. */
    void packPlace(int useCase, int camera, int[] codes, long[] words) {
        Arrays.fill(words, 0);
        words[0] = (long) useCase << useCaseShift | (long) camera << cameraShift;
        for (int d = 0; d < fixed; d++) {
            words[word[d]] |= (long) codes[d] << shift[d];
        }
    }

    /** Packs the dimensions that are not the camera's. */
    void packFrame(int[] codes, long[] words) {
        Arrays.fill(words, 0);
        for (int d = fixed; d < codes.length; d++) {
            words[word[d]] |= (long) codes[d] << shift[d];
        }
    }

    /** Reads the camera's dimensions back. */
    void unpackPlace(long[] words, int[] codes) {
        for (int d = 0; d < fixed; d++) {
            codes[d] = code(words, d);
        }
    }

    /** Reads the other dimensions back. */
    void unpackFrame(long[] words, int[] codes) {
        for (int d = fixed; d < codes.length; d++) {
            codes[d] = code(words, d);
        }
    }

    private int code(long[] words, int d) {
        return (int) (words[word[d]] >>> shift[d] & codeMask[d]);
    }
}
