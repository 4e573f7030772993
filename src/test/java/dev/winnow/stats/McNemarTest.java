package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McNemarTest {
    @ParameterizedTest
    @CsvSource({
        "10, 25, .01667384780012071",
        "1, 5, .21875",
        "300, 700, 1.7665678007950136e-37",
        "0, 6, .03125",
        "7, 7, 1",
        "5, 6, 1",
        "0, 0, 1"
    })
    void pValuesEqualThoseOfCountingFromEitherSide(long b, long c, double p) {
        assertThat(McNemar.of(b, c, 1000).pValue()).isCloseTo(p, within(1e-11 * p));
        assertThat(McNemar.of(c, b, 1000).pValue()).isCloseTo(p, within(1e-11 * p));
    }

    @Test
    void theDifferenceIsThatOfTheRates() {
        McNemar test = McNemar.of(10, 25, 500);

        assertThat(test.difference()).isCloseTo(-.03, within(1e-15));
        // sqrt(35 - 15^2 / 500) / 500
        assertThat(test.standardError()).isCloseTo(.0117558, within(5.1e-8));
        assertThat(McNemar.of(0, 5, 5).difference()).isEqualTo(-1);
        assertThat(McNemar.of(0, 5, 5).standardError()).isZero();
    }

    @Test
    void moreDisagreementThanImagesIsRefused() {
        assertThatThrownBy(() -> McNemar.of(3, 3, 5)).hasMessage("Expected 0 <= b + c <= n, n > 0, got 3, 3, 5");
        assertThatThrownBy(() -> McNemar.of(0, 0, 0)).hasMessageContaining("got 0, 0, 0");
        assertThatThrownBy(() -> McNemar.of(-1, 0, 5)).hasMessageContaining("got -1, 0, 5");
    }

    @Test
    void camerasWhoseImagesResembleEachOtherAreFewerWitnesses() {
        // 4 images of each camera: on two cameras the first is wrong throughout, on one the second, on seven neither.
        List<McNemar.Camera> cameras = new ArrayList<>();
        cameras.add(new McNemar.Camera(4, 0, 4));
        cameras.add(new McNemar.Camera(4, 0, 4));
        cameras.add(new McNemar.Camera(0, 4, 4));
        for (int i = 0; i < 7; i++) {
            cameras.add(new McNemar.Camera(0, 0, 4));
        }
        McNemar test = McNemar.clustered(cameras);

        assertThat(test.difference()).isEqualTo(.1);
        // sum (d_c - .4)^2 = 2 x 3.6^2 + 4.4^2 + 7 x .4^2 = 46.4; sqrt(10 / 9 x 46.4) / 40
        assertThat(test.standardError()).isCloseTo(.179505, within(5.1e-7));
        assertThat(test.pValue()).isCloseTo(.5911, within(1e-4));
        assertThat(McNemar.of(8, 4, 40).pValue()).isCloseTo(.3877, within(1e-4));
    }

    @Test
    void camerasThatAgreeAreNoMoreCertainThanIndependentImagesAndOneCameraProvesNothing() {
        McNemar even = McNemar.clustered(Collections.nCopies(20, new McNemar.Camera(2, 0, 10)));
        assertThat(even.standardError()).isEqualTo(McNemar.of(40, 0, 200).standardError());
        assertThat(even.pValue()).isGreaterThanOrEqualTo(McNemar.of(40, 0, 200).pValue());
        assertThat(McNemar.clustered(List.of(new McNemar.Camera(40, 0, 200))).pValue())
                .isEqualTo(1);
        assertThat(McNemar.clustered(Collections.nCopies(5, new McNemar.Camera(2, 2, 10)))
                        .pValue())
                .isEqualTo(1);
    }
}
