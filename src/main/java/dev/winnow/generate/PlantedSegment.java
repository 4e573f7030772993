package dev.winnow.generate;

import dev.winnow.generate.Site.ModelTrack;
import dev.winnow.generate.UseCase.ObjectClass;

/** Where the model is weak on purpose: what the statistics have to find again. */
enum PlantedSegment {
    FISHEYE_AT_NIGHT("fisheye_at_night", "camera_type = 'fisheye' AND lighting = 'night'", 2.8) {
        @Override
        boolean holds(Scene scene, ObjectClass label) {
            return scene.camera().type().equals(Camera.FISHEYE) && scene.lighting() == Lighting.NIGHT;
        }
    },
    FOG("fog", "weather = 'fog'", 2.3) {
        @Override
        boolean holds(Scene scene, ObjectClass label) {
            return scene.weather().equals(Scene.FOG);
        }
    },
    NEW_MODEL_ANIMALS(
            "new_model_animals", "model_version = '" + ModelTrack.NEW + "' AND predicted_label = 'animal'", 2.5) {
        @Override
        boolean holds(Scene scene, ObjectClass label) {
            return label.equals(UseCase.ANIMAL) && scene.modelVersion().equals(ModelTrack.NEW);
        }
    },
    LONG_LENS("long_lens", "lens = '" + Camera.LONG_LENS + "'", 1.5) {
        @Override
        boolean holds(Scene scene, ObjectClass label) {
            return scene.camera().lens().equals(Camera.LONG_LENS);
        }
    };

    private static final PlantedSegment[] ALL = values();

    private final String id;
    private final String predicate;
    private final double factor;

    PlantedSegment(String id, String predicate, double factor) {
        this.id = id;
        this.predicate = predicate;
        this.factor = factor;
    }

    /** Name in the truth table. */
    String id() {
        return id;
    }

    /** The segment as a condition in SQL over inferences joined to cameras. */
    String predicate() {
        return predicate;
    }

    /** How many times as often alarms are wrong here. */
    double factor() {
        return factor;
    }

    /** Returns whether an alarm of this class in this scene belongs to the segment. */
    abstract boolean holds(Scene scene, ObjectClass label);

    /** Returns the product of the factors of all segments that hold. */
    static double factorOf(Scene scene, ObjectClass label) {
        double product = 1;
        for (PlantedSegment segment : ALL) {
            if (segment.holds(scene, label)) {
                product *= segment.factor;
            }
        }
        return product;
    }
}
