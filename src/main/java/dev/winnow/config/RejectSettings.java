package dev.winnow.config;

/**
 * What happens to rows that break the contract.
 *
 * @param maxShare share of rejected rows above which the run fails with exit code 3, fraction
 * @param samples rows kept per reason and day in the table {@code rejects}
 */
public record RejectSettings(double maxShare, int samples) {
    static RejectSettings read(Section section) {
        return new RejectSettings(section.number("max-share", 0, 1), section.integer("samples", 0, 1_000));
    }
}
