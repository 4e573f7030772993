package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.adapters.s3.S3Objects;
import dev.winnow.testing.S3Process;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WarehouseLeaseIT {
    @RegisterExtension
    static final S3Process SERVER = new S3Process();

    @Test
    void processesThatCountUnderTheLeaseOnS3LoseNothing() throws Exception {
        SERVER.createBucket("lake");
        WarehouseLeaseTest.countInTwoProcesses(
                "s3://lake/warehouse", SERVER.environment(), SERVER.endpoint().toString());
        try (S3Objects objects = new S3Objects(SERVER.client())) {
            assertThat(objects.get("s3://lake/warehouse/counter").orElseThrow().text())
                    .isEqualTo("40");
            assertThat(objects.get(WarehouseLease.uri("s3://lake/warehouse"))
                            .orElseThrow()
                            .text())
                    .contains("\"released\" : true");
        }
    }
}
