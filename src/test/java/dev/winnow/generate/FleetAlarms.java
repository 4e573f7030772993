package dev.winnow.generate;

import java.util.List;

/**
 * The alarms of a generated fleet, straight from its model: what a row says of an alarm, and what only the generator
 * knows. Some are judged, each with the same probability whatever it shows, as an audit would: the fleet's customers
 * mostly complain, so their verdicts tell no rate.
 */
public final class FleetAlarms {
    /** Dimensions of cameras, in the order of their values. */
    public static final List<String> OF_CAMERA =
            List.of("camera_type", "firmware", "lens", "mount", "region", "resolution", "site");

    /** Dimensions of frames, in the order of their values. */
    public static final List<String> OF_FRAME = List.of("distance", "label", "lighting", "model_version", "weather");

    private static final double MILLION = 1e6;
    private static final int JUDGED_STREAM = 20;

    private FleetAlarms() {}

    /** Takes one alarm. */
    @FunctionalInterface
    public interface Taker {
        /**
         * Takes an alarm.
         *
         * @param realised probability that it is wrong, millionths
         * @param typical the same on a camera like all others, millionths
         */
        void take(
                String useCase,
                String camera,
                List<String> ofCamera,
                List<String> ofFrame,
                boolean judged,
                boolean wrong,
                long realised,
                long typical);
    }

    /** Hands out all alarms of a fleet; rows that break the contract are left out, as the product does. */
    public static void forEach(FleetSettings settings, double judgedShare, Taker taker) {
        FrameModel model = new FrameModel(settings);
        for (long row = 0; row < settings.inferences(); row++) {
            Frame frame = model.at(row);
            if (frame.predicted() == null || frame.defect() != Frame.Defect.NONE) {
                continue;
            }
            Scene scene = frame.scene();
            Camera camera = scene.camera();
            double typical = scene.subject().baseRate() * PlantedSegment.factorOf(scene, scene.subject());
            taker.take(
                    camera.useCase().id(),
                    camera.id(),
                    List.of(
                            camera.type(),
                            camera.firmware(),
                            camera.lens(),
                            camera.mount(),
                            camera.site().zone().region(),
                            camera.resolution(),
                            camera.site().id()),
                    List.of(
                            scene.distanceMetres() < 10 ? "near" : scene.distanceMetres() < 30 ? "middle" : "far",
                            scene.subject().name(),
                            scene.lighting().id(),
                            scene.modelVersion(),
                            scene.weather()),
                    Draws.uniform(frame.hash(), JUDGED_STREAM) < judgedShare,
                    frame.isFalseAlarm(),
                    Math.round(frame.falseAlarmProbability() * MILLION),
                    Math.round(typical * MILLION));
        }
    }

    /** Predicates of the planted segments, such as {@code camera_type=fisheye AND lighting=night}. */
    public static List<String> planted() {
        return List.of(PlantedSegment.values()).stream()
                .map(segment -> segment.predicate().replace("'", "").replace(" = ", "="))
                .map(predicate -> predicate.replace("predicted_label=", "label="))
                .map(FleetAlarms::sorted)
                .toList();
    }

    private static String sorted(String predicate) {
        return String.join(
                " AND ", List.of(predicate.split(" AND ")).stream().sorted().toList());
    }
}
