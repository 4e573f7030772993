package dev.winnow.generate;

import dev.winnow.generate.UseCase.ObjectClass;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of one burst share: a camera looks at the same thing for some seconds.
 *
 * @param camera who looks
 * @param imageFolder path of its images below {@link FleetSettings#BUCKET}, with a slash at the end
 * @param startSecond UTC second of the day of the first frame
 * @param lighting what light there is
 * @param weather clear, overcast, rain, fog or snow
 * @param modelVersion which model looks
 * @param subject the class of object it is about, present or not
 * @param mistakenFor the class that is truly there if the alarm is wrong, or null if nothing is
 * @param brightness 0 black to 1 white
 * @param distanceMetres from the camera to the subject
 * @param repeats whether one draw decides over all alarms of the burst: right together or wrong together
 * @param hash key of the burst's draws
 */
record Scene(
        Camera camera,
        String imageFolder,
        int startSecond,
        Lighting lighting,
        String weather,
        String modelVersion,
        ObjectClass subject,
        @Nullable ObjectClass mistakenFor,
        double brightness,
        double distanceMetres,
        boolean repeats,
        long hash) {
    static final String FOG = "fog";
}
