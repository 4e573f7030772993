package dev.winnow.adapters.glue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.TableCatalog.Change;
import dev.winnow.ports.TableCatalog.Entry;
import dev.winnow.testing.GlueStandIn;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Tables by the real SDK in a stand-in that knows the published service model. */
class GlueCatalogIT {
    private static final StructType SCHEMA = new StructType()
            .add("pipeline", DataTypes.StringType, false, "Name of the pipeline")
            .add("run_date", DataTypes.DateType, false, "Day:\n" + "x".repeat(300))
            .add("seen_at", DataTypes.TimestampType, true)
            .add(
                    "counts",
                    DataTypes.createArrayType(new StructType().add("n", DataTypes.LongType)),
                    true,
                    "Counts by interval");

    private static final Entry FINDINGS =
            new Entry("findings", "What was found", "s3://acme/winnow/warehouse/findings", SCHEMA);

    private GlueStandIn service;
    private GlueCatalog catalog;

    @BeforeEach
    void start() {
        service = new GlueStandIn("winnow");
        catalog = open("winnow");
    }

    private GlueCatalog open(String database) {
        return GlueCatalog.open(
                database,
                "us-east-1",
                service.endpoint(),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")));
    }

    @AfterEach
    void stop() {
        catalog.close();
        service.close();
    }

    @Test
    void aTableIsCreatedAsAnExternalDeltaTableOnce() {
        assertThat(catalog.register(FINDINGS)).isEqualTo(Change.CREATED);
        assertThat(catalog.register(FINDINGS)).isEqualTo(Change.NONE);

        assertThat(service.problems()).isEmpty();
        assertThat(service.calls()).containsExactly("GetTable findings", "CreateTable findings", "GetTable findings");
        ObjectNode table = service.table("findings");
        assertThat(table.path("TableType").asText()).isEqualTo("EXTERNAL_TABLE");
        assertThat(table.path("Description").asText()).isEqualTo("What was found");
        assertThat(table.at("/Parameters/table_type").asText()).isEqualTo("DELTA");
        assertThat(table.at("/Parameters/spark.sql.sources.provider").asText()).isEqualTo("delta");
        assertThat(table.at("/StorageDescriptor/Location").asText()).isEqualTo(FINDINGS.location());
        assertThat(table.at("/StorageDescriptor/SerdeInfo/Parameters/path").asText())
                .isEqualTo(FINDINGS.location());
        assertThat(columns("findings"))
                .containsExactly(
                        "pipeline string", "run_date date", "seen_at timestamp", "counts array<struct<n:bigint>>");
        JsonNode columns = table.at("/StorageDescriptor/Columns");
        assertThat(columns.at("/0/Comment").asText()).isEqualTo("Name of the pipeline");
        assertThat(columns.at("/1/Comment").asText())
                .hasSize(255)
                .startsWith("Day: xx")
                .endsWith("x...");
        assertThat(columns.get(2).has("Comment")).isFalse();
    }

    @Test
    void aTableWithANewColumnIsUpdatedAndWhatOthersNotedStays() {
        catalog.register(FINDINGS);
        ObjectNode table = service.table("findings");
        table.put("Owner", "vision").put("Retention", 9);
        ((ObjectNode) table.path("Parameters")).put("table_type", "delta").put("team", "a");
        ((ObjectNode) table.path("StorageDescriptor")).put("Location", FINDINGS.location() + "/");
        StructType wider = SCHEMA.add("dim_site", DataTypes.StringType, true, "Site");

        Entry entry = new Entry("findings", "What was found", FINDINGS.location(), wider);
        assertThat(catalog.register(entry)).isEqualTo(Change.UPDATED);
        assertThat(catalog.register(entry)).isEqualTo(Change.NONE);

        assertThat(service.problems()).isEmpty();
        assertThat(service.calls()).filteredOn("UpdateTable findings"::equals).hasSize(1);
        ObjectNode updated = service.table("findings");
        assertThat(columns("findings")).hasSize(5).contains("dim_site string");
        assertThat(updated.path("Owner").asText()).isEqualTo("vision");
        assertThat(updated.path("Retention").asInt()).isEqualTo(9);
        assertThat(updated.at("/Parameters/team").asText()).isEqualTo("a");
        assertThat(updated.at("/Parameters/table_type").asText()).isEqualTo("delta");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s3://other/findings | DELTA | it is a table of the format DELTA at s3://other/findings",
                "s3://acme/winnow/warehouse/findings | ICEBERG | a table of the format ICEBERG at s3://acme/winnow",
            })
    void aNameThatAnotherTableHasIsLeftToIt(String location, String format, String problem) {
        catalog.register(FINDINGS);
        ObjectNode table = service.table("findings");
        ((ObjectNode) table.path("StorageDescriptor")).put("Location", location);
        ((ObjectNode) table.path("Parameters")).put("table_type", format);

        assertThatThrownBy(() -> catalog.register(FINDINGS))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("Another table has the name findings in Glue database winnow: ")
                .hasMessageContaining(problem);
        assertThat(service.table("findings").at("/StorageDescriptor/Location").asText())
                .isEqualTo(location);
    }

    @Test
    void aTableWhoseAnswerGotLostIsThereOnce() {
        service.failNext("ThrottlingException");
        assertThat(catalog.register(FINDINGS)).isEqualTo(Change.CREATED);
        Entry other = new Entry("cuts", "", "s3://acme/winnow/warehouse/cuts", SCHEMA);
        service.failNext("EntityNotFoundException");
        service.failNext("LOST");
        assertThat(catalog.register(other)).isEqualTo(Change.NONE);
        assertThat(service.names()).containsExactly("cuts", "findings");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AccessDeniedException | false | allow glue:GetTable, glue:CreateTable and glue:UpdateTable on the catalog",
                "ExpiredTokenException | false | the credentials of this process have expired",
                "InvalidInputException | false | Glue answered 400 InvalidInputException: []",
                "OperationTimeoutException | true | Glue answered 400 OperationTimeoutException",
            })
    void whatIsRefusedIsSaid(String code, boolean retryable, String remedy) {
        for (int call = 0; call < 5; call++) {
            service.failNext(code);
        }
        assertThatThrownBy(() -> catalog.register(FINDINGS))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.retryable()).isEqualTo(retryable))
                .hasMessageContaining("Could not register table findings in Glue database winnow: ")
                .hasMessageContaining(remedy);
        assertThat(service.names()).isEmpty();
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed() {
        try (GlueCatalog other = open("nowhere")) {
            assertThatThrownBy(() -> other.register(FINDINGS))
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining(
                            "Could not register table findings in Glue database nowhere: Glue answered 400"
                                    + " EntityNotFoundException: Database not found.; create the database, or correct"
                                    + " maintain.glue.database and region");
        }
    }

    private List<String> columns(String table) {
        List<String> columns = new ArrayList<>();
        service.table(table)
                .at("/StorageDescriptor/Columns")
                .forEach(column -> columns.add(
                        column.path("Name").asText() + " " + column.path("Type").asText()));
        return columns;
    }
}
