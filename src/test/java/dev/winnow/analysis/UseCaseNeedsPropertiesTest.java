package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.analysis.ClassNeed.Action;
import dev.winnow.config.WinnowConfig;
import dev.winnow.testing.Configs;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted classes are named and others are not, though the model that looks at the images errs. */
class UseCaseNeedsPropertiesTest {
    private static final int SEEDS = 100;
    private static final Set<Action> NAMING =
            EnumSet.of(Action.LABEL_MORE, Action.SYNTHETIC, Action.LABEL_QA, Action.DEFINE_CLASS);
    private static final Synonyms SYNONYMS = Synonyms.with(Map.of());

    /** How often each planted class got its right name, and how many names were false, over all seeds. */
    private record Score(Map<String, Integer> hits, int names, int wrong, int words, int phantoms) {
        static Score of(int people, double specificity) {
            WinnowConfig config = Configs.of("");
            Map<String, Integer> hits = new TreeMap<>();
            int names = 0;
            int wrong = 0;
            int words = 0;
            int phantoms = 0;
            for (long seed = 1; seed <= SEEDS; seed++) {
                PlantedClasses planted = new PlantedClasses(seed, 800, people, specificity);
                UseCaseNeeds needs = new UseCaseNeeds(
                        config.analysis().imbalance(), config.segments(), SYNONYMS, planted.known(people > 0));
                for (ClassNeed need : needs.find()) {
                    String label = need.at().label();
                    int invented = PlantedClasses.isPlanted(label) ? 0 : 1;
                    if (NAMING.contains(need.action())) {
                        names++;
                        wrong += invented;
                        hits.merge(label, isRight(label, need.action()) ? 1 : 0, Integer::sum);
                    }
                    words += need.known() ? 0 : 1;
                    phantoms += need.known() ? 0 : invented;
                }
            }
            return new Score(hits, names, wrong, words, phantoms);
        }

        private static boolean isRight(String label, @Nullable Action action) {
            return PlantedClasses.RARE.contains(label)
                    ? action == Action.LABEL_MORE || action == Action.SYNTHETIC
                    : PlantedClasses.MISSING.contains(label) && action == Action.DEFINE_CLASS;
        }

        double falseShare() {
            return (double) wrong / names;
        }
    }

    @ParameterizedTest(name = "checked by people: {0} of 800")
    @ValueSource(ints = {0, 300})
    void plantedClassesAreNamedInNinetyPercentOfAllSeedsAndAtMostFivePercentOfTheNamesAreFalse(int people) {
        Score score = Score.of(people, PlantedClasses.SPECIFICITY);
        System.out.println(people + " " + score);

        for (String label : List.of(PlantedClasses.WRONG, PlantedClasses.HIDDEN, "forklift", "drone")) {
            assertThat(score.hits.getOrDefault(label, 0)).as(label).isGreaterThanOrEqualTo(90 * SEEDS / 100);
        }
        assertThat(score.falseShare()).isLessThanOrEqualTo(.05);
        // Without a test every word that the model saw on five images by three cameras would be a class.
        assertThat((double) score.phantoms / score.words).isGreaterThan(.8);
    }

    @Test
    void aModelThatSeesMoreThanIsTakenForPossibleIsFoundOutByPeople() {
        Score unchecked = Score.of(0, .9);
        Score checked = Score.of(300, .9);
        System.out.println(unchecked + " " + checked);

        assertThat(unchecked.falseShare()).isGreaterThan(.5);
        assertThat(checked.falseShare()).isLessThanOrEqualTo(.05);
        assertThat(checked.hits.getOrDefault("drone", 0)).isGreaterThanOrEqualTo(90 * SEEDS / 100);
    }
}
