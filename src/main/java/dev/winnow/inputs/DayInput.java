package dev.winnow.inputs;

import dev.winnow.ports.SourceReader.InputFile;
import dev.winnow.stats.Digest;
import java.util.List;

/**
 * The files of one day of an input.
 *
 * @param files number of files
 * @param bytes their total length
 * @param fingerprint hash of names and lengths: the same wherever the data lies
 * @param state hash that also holds times of modification: changes when a file is written again
 */
public record DayInput(int files, long bytes, String fingerprint, String state) {
    /** Describes a list of files. */
    public static DayInput of(List<InputFile> files) {
        Digest fingerprint = new Digest();
        Digest state = new Digest();
        long bytes = 0;
        for (InputFile file : files) {
            fingerprint.add(file.name()).add(Long.toString(file.bytes()));
            state.add(file.name()).add(Long.toString(file.bytes())).add(Long.toString(file.modified()));
            bytes += file.bytes();
        }
        return new DayInput(files.size(), bytes, fingerprint.hex(16), state.hex(16));
    }

    /** Describes several inputs as one. */
    public DayInput and(DayInput other) {
        return new DayInput(
                files + other.files,
                bytes + other.bytes,
                new Digest().add(fingerprint).add(other.fingerprint).hex(16),
                new Digest().add(state).add(other.state).hex(16));
    }
}
