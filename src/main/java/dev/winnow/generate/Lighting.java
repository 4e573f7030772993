package dev.winnow.generate;

/** What light a frame was taken in. */
enum Lighting {
    DAY("day", 0.62),
    DUSK("dusk", 0.38),
    NIGHT("night", 0.14),
    IR("ir", 0.24);

    private final String id;
    private final double brightness;

    Lighting(String id, double brightness) {
        this.id = id;
        this.brightness = brightness;
    }

    /** Value in the lighting column. */
    String id() {
        return id;
    }

    /** Mean brightness, 0 black to 1 white. */
    double brightness() {
        return brightness;
    }

    /** Returns the light at an hour of the site's day. */
    static Lighting at(int localHour, Camera camera) {
        if (camera.type().equals(Camera.THERMAL)) {
            return IR;
        }
        if (localHour < 5 || localHour >= 21) {
            return camera.infrared() ? IR : NIGHT;
        }
        return localHour < 7 || localHour >= 19 ? DUSK : DAY;
    }
}
