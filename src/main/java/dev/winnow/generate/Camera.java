package dev.winnow.generate;

/**
 * One camera with what is fixed about it.
 *
 * @param id {@code c000001}
 * @param site where it hangs
 * @param type bullet, dome, fisheye, ptz or thermal
 * @param lens focal length
 * @param mount pole, wall or ceiling
 * @param resolution pixels, width x height
 * @param firmware version
 * @param infrared whether it switches to infrared light at night
 * @param useCase what its model looks for
 * @param effect how many times as often as others it alarms wrongly, on the same day and scene; mean 1
 */
record Camera(
        String id,
        Site site,
        String type,
        String lens,
        String mount,
        String resolution,
        String firmware,
        boolean infrared,
        UseCase useCase,
        double effect) {
    static final String FISHEYE = "fisheye";
    static final String THERMAL = "thermal";
    static final String LONG_LENS = "12mm";

    // Together these two steps fill the square evenly (Roberts 2018).
    private static final double TYPE_STEP = 0.7548776662466927;
    private static final double EFFECT_STEP = 0.5698402909980532;

    /**
     * With false-alarm rates around 13 %, this squared coefficient of variation gives an intra-class correlation of
     * about 0.08.
     */
    private static final Quantiles EFFECTS = Quantiles.gammaWithMeanOne(0.55);

    private static final Weighted TYPES =
            Weighted.of(new String[] {"bullet", "dome", FISHEYE, "ptz", THERMAL}, 35, 30, 14, 12, 9);
    private static final Weighted LENSES = Weighted.of(new String[] {"2.8mm", "4mm", "6mm", LONG_LENS}, 40, 30, 18, 12);
    private static final Weighted MOUNTS = Weighted.of(new String[] {"wall", "pole", "ceiling"}, 45, 35, 20);
    private static final Weighted RESOLUTIONS =
            Weighted.of(new String[] {"1920x1080", "2560x1440", "3840x2160"}, 60, 25, 15);
    private static final Weighted FIRMWARES = Weighted.of(new String[] {"7.1", "7.4", "8.0"}, 20, 50, 30);

    /** Creates the camera with the given number; the first cameras go one to each site. */
    static Camera of(long seed, int number, Site[] sites) {
        long hash = Draws.hash(seed, Keys.CAMERA, number);
        double draw = Draws.uniform(hash, 0);
        int site = number < sites.length ? number : (int) (draw * Math.sqrt(draw) * sites.length);
        // Type and effect are spread evenly instead of drawn, so that small fleets too show what was planted.
        double shift = Draws.uniform(Draws.hash(seed, Keys.CAMERA), 0);
        String type = TYPES.pick(Keys.spread(TYPE_STEP, number, shift));
        return new Camera(
                Ids.padded('c', number, 6),
                sites[site],
                type,
                type.equals(FISHEYE) ? "1.6mm" : LENSES.pick(Draws.uniform(hash, 1)),
                type.equals(FISHEYE) ? "ceiling" : MOUNTS.pick(Draws.uniform(hash, 2)),
                type.equals(THERMAL) ? "640x512" : RESOLUTIONS.pick(Draws.uniform(hash, 3)),
                FIRMWARES.pick(Draws.uniform(hash, 4)),
                type.equals(THERMAL) || (!type.equals(FISHEYE) && Draws.uniform(hash, 5) < 0.5),
                Draws.uniform(hash, 6) < 0.7 ? UseCase.INTRUSION : UseCase.SAFETY,
                EFFECTS.at(Keys.spread(EFFECT_STEP, number, shift)));
    }

    /** Creates all cameras of a fleet. */
    static Camera[] all(FleetSettings settings) {
        Site[] sites = new Site[settings.sites()];
        for (int i = 0; i < sites.length; i++) {
            sites[i] = Site.of(settings.seed(), i);
        }
        Camera[] cameras = new Camera[settings.cameras()];
        for (int i = 0; i < cameras.length; i++) {
            cameras[i] = of(settings.seed(), i, sites);
        }
        return cameras;
    }
}
