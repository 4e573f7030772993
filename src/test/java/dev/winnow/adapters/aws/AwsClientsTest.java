package dev.winnow.adapters.aws;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.winnow.ports.ServiceException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sts.StsClient;

class AwsClientsTest {
    private final Map<String, String> before = new TreeMap<>();

    @TempDir
    Path empty;

    /** Nothing of this machine may name a Region, nor may its network be asked for one. */
    @BeforeEach
    void nowhere() {
        String none = empty.resolve("none").toString();
        Map.of("aws.disableEc2Metadata", "true", "aws.configFile", none, "aws.sharedCredentialsFile", none)
                .forEach((name, value) -> {
                    String old = System.setProperty(name, value);
                    before.put(name, old == null ? "" : old);
                });
    }

    @AfterEach
    void back() {
        before.forEach((name, value) -> {
            if (value.isEmpty()) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    @Test
    void withoutARegionTheSentenceNamesTheKeyAndNothingOfTheSdk() {
        assumeThat(System.getenv("AWS_REGION"))
                .as("an environment without AWS_REGION is not available")
                .isNull();
        assertThatThrownBy(() -> AwsClients.open(StsClient.builder(), "", "", "the service", "the.key"))
                .isInstanceOf(ServiceException.class)
                .hasMessage("Could not open the service: neither configuration nor environment names a Region;"
                        + " set the.key");
    }
}
