package dev.winnow.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeSources;
import dev.winnow.testing.Frames;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SiteGroupsTest {
    private static CameraTable cameras(String... rows) {
        WinnowConfig config = Configs.of("inputs.cameras { path = \"/c\", dimensions { region = dim_region } }");
        return new CameraTable(
                new FakeSources(Frames.of(Cameras.TABLE.withDimensions(List.of("region")), rows)), config.cameras());
    }

    @Test
    void aSiteIsOfTheRegionOfMostOfItsCamerasAndOfSeveralTheFirstByName() {
        UnaryOperator<String> groups = SiteGroups.of(
                "region",
                cameras(
                        "{'camera_id':'a','site_id':'s1','dim_region':'west'}",
                        "{'camera_id':'b','site_id':'s1','dim_region':'east'}",
                        "{'camera_id':'c','site_id':'s1','dim_region':'west'}",
                        "{'camera_id':'d','site_id':'s2','dim_region':'west'}",
                        "{'camera_id':'e','site_id':'s2','dim_region':'east'}",
                        "{'camera_id':'f','dim_region':'south'}"));
        assertThat(List.of("s1", "s2", "s3"))
                .extracting(groups::apply)
                .containsExactly("region=west", "region=east", "region=" + Inferences.UNKNOWN_VALUE);
    }

    @Test
    void withoutASplitAllSitesAreOneGroupAndBySiteEachIsItsOwn() {
        assertThat(SiteGroups.of("", cameras()).apply("s1")).isEmpty();
        assertThat(SiteGroups.of("site", cameras()).apply("s1")).isEqualTo("site=s1");
    }

    @Test
    void aGroupOfAnotherSplitHasNoValueInThisOne() {
        assertThat(SiteGroups.value("region", "region=far=west")).isEqualTo("far=west");
        assertThat(SiteGroups.value("region", "region=")).isEmpty();
        assertThat(SiteGroups.value("region", "regions=west")).isNull();
        assertThat(SiteGroups.value("region", "")).isNull();
    }

    @Test
    void regionsNeedCamerasThatNameTheirSites() {
        assertThatThrownBy(() -> SiteGroups.of("region", cameras("{'camera_id':'f','dim_region':'south'}")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("labeling.tasks: split-by = region needs the sites of cameras, and no camera names one: map"
                        + " inputs.cameras.columns.site_id");
    }
}
