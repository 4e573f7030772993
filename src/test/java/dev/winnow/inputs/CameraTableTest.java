package dev.winnow.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.tables.InputException;
import dev.winnow.testing.Frames;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CameraTableTest {
    private static final Dataset<Row> ROWS = Frames.of(
            StructType.fromDDL("camera_id string"), "{'camera_id':'a'}", "{'camera_id':'b'}", "{'camera_id':'z'}");
    private static final String CSV =
            "cameras { path = \"$root/cameras.csv\", format = csv, dimensions { type = kind } }";

    @TempDir
    Path folder;

    @Test
    void aCameraWithoutAValueIsNullAndOneThatIsNotListedIsUnknown() {
        CameraTable cameras = new Sources(folder)
                .with("cameras.csv", "camera_id,kind", "a,dome", "b,", ",bullet")
                .cameras(CSV);

        assertThat(cameras.dimensions()).containsExactly("type");
        assertThat(cameras.withStaticDimensions(ROWS).sort("camera_id").collectAsList())
                .extracting(r -> r.mkString(" "))
                .containsExactly("a dome", "b __NULL__", "z __UNKNOWN__");
    }

    @Test
    void aCameraThatIsListedTwiceWouldCountTwiceAndIsRefused() {
        CameraTable cameras = new Sources(folder)
                .with("cameras.csv", "camera_id,kind", "a,dome", "b,dome", " b ,bullet", "b,dome")
                .cameras(CSV);

        assertThatThrownBy(cameras::cameras)
                .isInstanceOf(InputException.class)
                .hasMessage("inputs.cameras: camera b stands 3 times in " + folder
                        + "/cameras.csv; column camera_id must be unique");
    }

    @Test
    void withoutACameraTableRowsStayAsTheyAre() {
        CameraTable cameras = new Sources(folder).cameras("");

        assertThat(cameras.present()).isFalse();
        assertThat(cameras.withStaticDimensions(ROWS)).isSameAs(ROWS);
    }
}
