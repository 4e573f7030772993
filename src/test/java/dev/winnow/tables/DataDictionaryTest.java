package dev.winnow.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

final class DataDictionaryTest {
    @Test
    void aTableShowsItsColumnsKeyPartitioningAndConstraintsInAFixedOrder() {
        TableDef second = TableDef.named("b_rates", "One segment of one day.")
                .required("day", DataTypes.DateType, "Day, UTC")
                .optional("rate", DataTypes.DoubleType, "a|b in [0, 1]; null when b = 0")
                .optional("bins", DataTypes.createArrayType(DataTypes.LongType), "Histogram")
                .check("z_last", "rate <= 1")
                .check("a_first", "rate >= 0")
                .partitionedBy("day")
                .key("day")
                .build();
        TableDef first = TableDef.named("a_runs", "One attempt.")
                .required("id", DataTypes.StringType, "Attempt")
                .key("id")
                .build();
        assertThat(DataDictionary.markdown(List.of(second, first))).isEqualTo("""
                        # Tables

                        Generated from the declarations in code. Delta tables below the warehouse root, one folder each; \
                        any reader of protocol version 1 reads them. Times are UTC.

                        - [a_runs](#a_runs)
                        - [b_rates](#b_rates)

                        ## a_runs

                        One attempt.

                        Partitioned by: none \s
                        Key: `id`

                        | Column | Type | Null | Meaning |
                        | --- | --- | --- | --- |
                        | `id` | `string` | no | Attempt |

                        ## b_rates

                        One segment of one day.

                        Partitioned by: `day` \s
                        Key: `day`

                        | Column | Type | Null | Meaning |
                        | --- | --- | --- | --- |
                        | `day` | `date` | no | Day, UTC |
                        | `rate` | `double` | yes | a\\|b in [0, 1]; null when b = 0 |
                        | `bins` | `array<bigint>` | yes | Histogram |

                        Checked on every write:

                        - `a_first`: `rate >= 0`
                        - `z_last`: `rate <= 1`
                        """);
    }
}
