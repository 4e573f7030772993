package dev.winnow.generate;

import dev.winnow.generate.Frame.Defect;
import dev.winnow.generate.UseCase.ObjectClass;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Makes any frame of a fleet from its row number alone. Remembers the last day and burst to be fast, so every
 * partition uses its own.
 */
final class FrameModel {
    private static final int GROUP = 8;

    /** How the eight consecutive frames of a group are cut into bursts: the burst each frame belongs to. */
    private static final int[][] BURSTS = {
        {0, 0, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 1, 1, 1},
        {0, 0, 0, 1, 1, 2, 2, 3},
        {0, 0, 1, 2, 2, 3, 4, 5}
    };

    /** Share of each of the site's hours in its alarms; judgement: most happens by day, a fifth at night. */
    private static final Weighted HOURS =
            Weighted.of(new String[24], 2, 2, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 5, 4, 4, 3, 3, 2);

    private static final Weighted WEATHERS =
            Weighted.of(new String[] {"clear", "overcast", "rain", Scene.FOG, "snow"}, 56, 20, 12, 8, 4);

    private static final double ALARM_SHARE = 0.72;
    private static final double MISTAKEN_SHARE = 0.2;
    private static final double OVERLOOKED_SHARE = 0.03;
    private static final double MOST_CERTAIN = 0.95;
    private static final double BROKEN_SHARE = 0.0002;
    private static final double DUPLICATE_SHARE = 0.000_001;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int LONGEST_BURST_SECONDS = 120;

    private final FleetSettings settings;
    private final Camera[] cameras;
    private final int[] zoneOffsets = new int[Site.Zone.ALL.length];
    private long day = Long.MIN_VALUE;
    private String dayFolder = "";
    private long patternKey;
    private long burstKey;
    private long frameKey;
    private long weatherKey;
    private long sceneNumber = -1;
    private @Nullable Scene scene;

    FrameModel(FleetSettings settings) {
        this.settings = settings;
        this.cameras = Camera.all(settings);
    }

    /** Returns the key of a row's draws without making its frame. */
    long hashOf(long row) {
        enterDayOf(row);
        return Draws.hash(frameKey, numberOf(row));
    }

    /** Returns the frame of a row; rows count through the fleet's days. */
    Frame at(long row) {
        enterDayOf(row);
        long number = numberOf(row);
        long group = number / GROUP;
        int slot = (int) (number % GROUP);
        int[] bursts = BURSTS[(int) (Draws.uniform(Draws.hash(patternKey, group), 0) * BURSTS.length)];
        int position = 0;
        while (position < slot && bursts[slot - position - 1] == bursts[slot]) {
            position++;
        }
        return frame(number, position, sceneOf(group * GROUP + bursts[slot]));
    }

    private long numberOf(long row) {
        return row % settings.inferencesPerDay();
    }

    private void enterDayOf(long row) {
        long epochDay = settings.firstDay().toEpochDay() + row / settings.inferencesPerDay();
        if (epochDay == day) {
            return;
        }
        day = epochDay;
        dayFolder = "images/" + LocalDate.ofEpochDay(epochDay) + '/';
        patternKey = Draws.hash(settings.seed(), Keys.BURST_PATTERN, epochDay);
        burstKey = Draws.hash(settings.seed(), Keys.BURST, epochDay);
        frameKey = Draws.hash(settings.seed(), Keys.FRAME, epochDay);
        weatherKey = Draws.hash(settings.seed(), Keys.WEATHER, epochDay);
        sceneNumber = -1;
        Instant noon = Instant.ofEpochSecond(epochDay * SECONDS_PER_DAY + SECONDS_PER_DAY / 2);
        for (Site.Zone zone : Site.Zone.ALL) {
            zoneOffsets[zone.index()] =
                    ZoneId.of(zone.name()).getRules().getOffset(noon).getTotalSeconds();
        }
    }

    private Scene sceneOf(long number) {
        Scene current = scene;
        if (current == null || number != sceneNumber) {
            current = scene(Draws.hash(burstKey, number));
            scene = current;
            sceneNumber = number;
        }
        return current;
    }

    private Scene scene(long hash) {
        // Some cameras see much more than others: the busiest has a few times the mean.
        double busy = Draws.uniform(hash, 0);
        Camera camera = cameras[(int) (busy * Math.sqrt(busy) * cameras.length)];
        int localHour = HOURS.index(Draws.uniform(hash, 1));
        int localSecond = localHour * 3600 + (int) (Draws.uniform(hash, 2) * 3600);
        int utcSecond =
                Math.floorMod(localSecond - zoneOffsets[camera.site().zone().index()], SECONDS_PER_DAY);
        Lighting lighting = Lighting.at(localHour, camera);
        String weather =
                WEATHERS.pick(Draws.uniform(Draws.hash(weatherKey, camera.site().number()), localHour / 6));
        ObjectClass subject = camera.useCase().pick(Draws.uniform(hash, 3));
        double mistake = Draws.uniform(hash, 4);
        double haze = weather.equals(Scene.FOG) ? 0.1 : 0;
        double nearness = Draws.uniform(hash, 6);
        return new Scene(
                camera,
                dayFolder + camera.id() + '/',
                Math.min(utcSecond, SECONDS_PER_DAY - LONGEST_BURST_SECONDS),
                lighting,
                weather,
                camera.site().modelVersion(settings.rolloutDay(), day),
                subject,
                mistake < MISTAKEN_SHARE ? camera.useCase().other(subject, mistake / MISTAKEN_SHARE) : null,
                lighting.brightness() + haze + 0.2 * (Draws.uniform(hash, 5) - 0.5),
                rounded(3 + 57 * nearness * nearness, 10),
                Draws.uniform(hash, 7) < 0.5,
                hash);
    }

    private Frame frame(long number, int position, Scene scene) {
        long hash = Draws.hash(frameKey, number);
        ObjectClass subject = scene.subject();
        double factor = PlantedSegment.factorOf(scene, subject);
        double falseAlarmProbability =
                Math.min(MOST_CERTAIN, subject.baseRate() * scene.camera().effect() * factor);
        ObjectClass predicted = null;
        ObjectClass truth = null;
        double confidence = Double.NaN;
        double objectSize = Double.NaN;
        if (Draws.uniform(hash, 0) < ALARM_SHARE) {
            boolean wrong = Draws.uniform(scene.repeats() ? scene.hash() : hash, 8) < falseAlarmProbability;
            predicted = subject;
            truth = wrong ? scene.mistakenFor() : subject;
            confidence = rounded((wrong ? subject.whenWrong() : subject.whenCorrect()).at(Draws.uniform(hash, 1)), 1e4);
            double halfAngle = 1.2 + 1.6 * Draws.uniform(hash, 2);
            objectSize = rounded(Math.min(0.9, square(halfAngle / scene.distanceMetres())), 1e4);
        } else {
            falseAlarmProbability = Double.NaN;
            truth = Draws.uniform(hash, 1) < OVERLOOKED_SHARE * factor ? subject : null;
        }
        double gap = 2 + 6 * Draws.uniform(scene.hash(), 9);
        long millis = (day * SECONDS_PER_DAY + scene.startSecond()) * 1000
                + (long) (position * gap * 1000 + 1000 * Draws.uniform(hash, 3));
        boolean duplicate = number > 0 && Draws.uniform(hash, 4) < DUPLICATE_SHARE;
        return new Frame(
                scene,
                duplicate ? Draws.hash(frameKey, number - 1) : hash,
                day,
                number,
                millis * 1000,
                rounded(Math.max(0, Math.min(1, scene.brightness() + 0.04 * (Draws.uniform(hash, 5) - 0.5))), 1e3),
                objectSize,
                predicted,
                confidence,
                truth,
                falseAlarmProbability,
                defect(Draws.uniform(hash, 6)),
                hash);
    }

    private static Defect defect(double draw) {
        if (draw >= BROKEN_SHARE) {
            return Defect.NONE;
        }
        Defect[] kinds = Defect.values();
        return kinds[1 + (int) (draw / BROKEN_SHARE * (kinds.length - 1))];
    }

    private static double square(double value) {
        return value * value;
    }

    private static double rounded(double value, double scale) {
        return Math.rint(value * scale) / scale;
    }
}
