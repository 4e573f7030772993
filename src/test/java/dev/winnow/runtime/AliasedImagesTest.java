package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.ServiceException;
import dev.winnow.testing.MemoryObjects;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AliasedImagesTest {
    private final MemoryObjects objects = new MemoryObjects();

    private AliasedImages images(String refused, boolean passing) {
        objects.put("s3://copy/a.jpg", "image");
        objects.watch(uri -> {
            if (uri.startsWith(refused)) {
                throw passing
                        ? ServiceException.passing("S3 is slow", null)
                        : ServiceException.refused("S3 answered 403", null);
            }
        });
        return new AliasedImages(objects, Map.of("s3://b/", "s3://copy/"));
    }

    @Test
    void anImageInABucketThatNobodyGaveAccessToIsMissingAndTheOthersAreNot() {
        assertThat(images("s3://partner/", false)
                        .missing(List.of("s3://b/a.jpg", "s3://partner/x.jpg", "s3://b/gone.jpg")))
                .containsExactly("s3://b/gone.jpg", "s3://partner/x.jpg");
    }

    @Test
    void aStoreThatRefusesAllIsAFailureAndOneThatAnsweredBeforeIsNot() {
        AliasedImages images = images("s3://partner/", false);
        assertThatThrownBy(() -> images.missing(List.of("s3://partner/x.jpg", "s3://partner/y.jpg")))
                .isInstanceOf(ServiceException.class)
                .hasMessage("S3 answered 403");
        assertThat(images.missing(List.of("s3://b/a.jpg"))).isEmpty();
        assertThat(images.missing(List.of("s3://partner/x.jpg"))).containsExactly("s3://partner/x.jpg");
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "40000000, true", "40000001, false"})
    void anEmptyFileAndOneThatNoJobTakesAreNoImage(long bytes, boolean image) {
        AliasedImages images = new AliasedImages(
                new ForwardingObjects(objects) {
                    @Override
                    public OptionalLong size(String uri) {
                        return OptionalLong.of(bytes);
                    }
                },
                Map.of());
        assertThat(images.missing(List.of("s3://b/a.jpg")).isEmpty()).isEqualTo(image);
    }

    @Test
    void whatMayPassIsNoAbsence() {
        AliasedImages images = images("s3://partner/", true);
        assertThatThrownBy(() -> images.missing(List.of("s3://b/a.jpg", "s3://partner/x.jpg")))
                .isInstanceOf(ServiceException.class)
                .hasMessage("S3 is slow");
    }
}
