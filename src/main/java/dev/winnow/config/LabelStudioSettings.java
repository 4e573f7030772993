package dev.winnow.config;

/**
 * A Label Studio server.
 *
 * @param url root of its web page; empty: there is none
 * @param tokenVariable environment variable that holds its token; empty: there is none
 * @param connectBuckets whether its projects get the buckets of their images as source storages
 */
public record LabelStudioSettings(String url, String tokenVariable, boolean connectBuckets) {
    static LabelStudioSettings read(Section section) {
        return new LabelStudioSettings(
                section.optionalText("url", Uris::web, Uris.WEB_RULE),
                section.optionalText(
                        "token-variable",
                        name -> name.matches("[A-Za-z_][A-Za-z0-9_]*"),
                        "a name of an environment variable"),
                section.flag("connect-buckets"));
    }
}
