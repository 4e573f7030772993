package dev.winnow.adapters.aws;

import dev.winnow.ports.ServiceException;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.StandardRetryStrategy;

/** How clients of AWS are made. */
public final class AwsClients {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration CALL = Duration.ofMinutes(2);
    private static final Duration ATTEMPT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 5;

    private AwsClients() {}

    /**
     * Builds a client for a Region and an endpoint.
     *
     * @param region empty for the environment's
     * @param endpoint empty for the Region's
     * @param service its name for people
     * @param key what to set if no Region is known
     */
    public static <C> C open(
            AwsClientBuilder<?, C> builder, String region, String endpoint, String service, String key) {
        String place = region;
        if (!endpoint.isEmpty()) {
            builder.endpointOverride(URI.create(endpoint));
            place = place.isEmpty() ? regionOfEnvironment() : place;
        }
        if (!place.isEmpty()) {
            builder.region(Region.of(place));
        }
        try {
            return builder.build();
        } catch (SdkClientException e) {
            // What the SDK says of it names all places it looked at, as objects.
            boolean nowhere = place.isEmpty() && String.valueOf(e.getMessage()).startsWith("Unable to load region");
            String why = nowhere ? "neither configuration nor environment names a Region" : e.getMessage();
            throw ServiceException.refused("Could not open " + service + ": " + why + "; set " + key, e);
        }
    }

    /** Prepares a client whose calls are small and may be repeated freely. */
    public static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B ofSmallCalls(
            B builder, AwsCredentialsProvider credentials) {
        return builder.credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(ATTEMPT))
                .overrideConfiguration(o -> o.apiCallAttemptTimeout(ATTEMPT)
                        .apiCallTimeout(CALL)
                        .retryStrategy(StandardRetryStrategy.builder()
                                .maxAttempts(ATTEMPTS)
                                .build()));
    }

    /** The Region by environment variables or profile; an own endpoint must not wait for the metadata of EC2. */
    private static String regionOfEnvironment() {
        try {
            return new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                    .getRegion()
                    .id();
        } catch (SdkClientException e) {
            return Region.US_EAST_1.id();
        }
    }

    /** One line of bounded length, of a text that a service wrote. */
    public static String plain(String text, int longest) {
        String line = text.replaceAll("\\p{C}+", " ").replaceAll("\\s+", " ").strip();
        return line.length() <= longest ? line : line.substring(0, longest - 3) + "...";
    }
}
