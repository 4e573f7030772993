package dev.winnow.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.jspecify.annotations.Nullable;

/** What the footers of Parquet files say. */
final class FleetFiles {
    private FleetFiles() {}

    /** Compressed bytes of some columns of the files in a folder; of all where {@code columns} is null. */
    static long columnBytes(Path folder, @Nullable Set<String> columns) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".parquet")).toList();
        }
        long bytes = 0;
        for (Path file : files) {
            try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(
                    new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
                for (BlockMetaData group : reader.getFooter().getBlocks()) {
                    for (ColumnChunkMetaData chunk : group.getColumns()) {
                        if (columns == null || columns.contains(chunk.getPath().toDotString())) {
                            bytes += chunk.getTotalSize();
                        }
                    }
                }
            }
        }
        return bytes;
    }
}
