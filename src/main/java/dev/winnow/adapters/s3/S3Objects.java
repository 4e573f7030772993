package dev.winnow.adapters.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.winnow.adapters.aws.AwsClients;
import dev.winnow.config.S3Settings;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Objects on S3 and on servers that speak its protocol, named by {@code s3://} or {@code s3a://} URIs.
 *
 * <p>Conditional writes need a server that honours {@code If-None-Match} and {@code If-Match}, as S3 does.
 */
public final class S3Objects implements ObjectStore {
    /** S3 takes no more than this in one request; larger objects need several. */
    private static final long LARGEST_PUT = 5L << 30;

    private static final Duration ATTEMPT = Duration.ofSeconds(30);
    private static final Duration CALL = Duration.ofMinutes(2);
    private static final Duration UPLOAD = Duration.ofHours(1);
    private static final int MAX_ATTEMPTS = 5;

    /** Marks which call wrote an object, so that a repeated request is not refused by its own first try. */
    private static final String WRITTEN_BY = "winnow-put";

    private final S3Client client;
    private final S3Settings settings;

    /** Creates the store on a client that it closes. */
    public S3Objects(S3Client client) {
        this(client, new S3Settings("", "", false));
    }

    private S3Objects(S3Client client, S3Settings settings) {
        this.client = client;
        this.settings = settings;
    }

    /** Opens a client by the settings, with timeouts and retries. */
    public static S3Objects open(S3Settings settings) {
        return open(settings, DefaultCredentialsProvider.builder().build());
    }

    static S3Objects open(S3Settings settings, AwsCredentialsProvider credentials) {
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(10))
                        .socketTimeout(ATTEMPT))
                .forcePathStyle(settings.pathStyle())
                // The JDK's client loses an answer that comes before it has sent everything, and with it whether a
                // conditional write was done: so no pause for "100 Continue", no end of chunks after the last byte.
                .serviceConfiguration(c -> c.expectContinueEnabled(false).chunkedEncodingEnabled(false))
                // Many compatible servers do not know the newer checksums, and TLS already protects the bytes.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(o -> o.apiCallAttemptTimeout(ATTEMPT)
                        .apiCallTimeout(CALL)
                        .retryStrategy(StandardRetryStrategy.builder()
                                .maxAttempts(MAX_ATTEMPTS)
                                .build()));
        return new S3Objects(
                AwsClients.open(builder, settings.region(), settings.endpoint(), "S3", "s3.region"), settings);
    }

    @Override
    public Optional<Versioned> get(String uri) {
        Location at = Location.ofObject(uri);
        return attempt("read", at, () -> {
            try {
                ResponseBytes<GetObjectResponse> object = client.getObjectAsBytes(
                        r -> r.bucket(at.bucket()).key(at.key()).expectedBucketOwner(owner(at)));
                return Optional.of(
                        new Versioned(object.asUtf8String(), object.response().eTag()));
            } catch (AwsServiceException e) {
                if (isMissing(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public Optional<byte[]> read(String uri, int atMost) {
        Location at = Location.ofObject(uri);
        return attempt("read", at, () -> {
            try {
                return Optional.of(client.getObjectAsBytes(r -> r.bucket(at.bucket())
                                .key(at.key())
                                .expectedBucketOwner(owner(at))
                                .range("bytes=0-" + (atMost - 1L)))
                        .asByteArrayUnsafe());
            } catch (AwsServiceException e) {
                if (isMissing(e)) {
                    return Optional.empty();
                }
                if (e.statusCode() == 416) { // an empty object has no first byte
                    return Optional.of(new byte[0]);
                }
                throw e;
            }
        });
    }

    @Override
    public void put(String uri, byte[] bytes) {
        Location at = Location.ofObject(uri);
        attempt("write", at, () -> client.putObject(r -> written(r, at), RequestBody.fromBytes(bytes)));
    }

    @Override
    public void put(String uri, String text) {
        put(uri, text.getBytes(UTF_8));
    }

    @Override
    public void put(String uri, Path file) {
        Location at = Location.ofObject(uri);
        long bytes = size(file);
        if (bytes > LARGEST_PUT) {
            throw ServiceException.refused(
                    "Could not write " + uri + ": " + file + " has " + bytes + " bytes, more than the " + LARGEST_PUT
                            + " that S3 takes at once; write it in several files",
                    null);
        }
        attempt(
                "write",
                at,
                () -> client.putObject(
                        r -> written(r, at)
                                .overrideConfiguration(
                                        o -> o.apiCallAttemptTimeout(UPLOAD).apiCallTimeout(UPLOAD)),
                        RequestBody.fromFile(file)));
    }

    @Override
    public boolean putIfAbsent(String uri, String text) {
        return putIf(Location.ofObject(uri), text, r -> r.ifNoneMatch("*"));
    }

    @Override
    public boolean replaceIfUnchanged(String uri, String version, String text) {
        return putIf(Location.ofObject(uri), text, r -> r.ifMatch(version));
    }

    private @Nullable String owner(Location at) {
        return settings.ownerOf(at.bucket());
    }

    private PutObjectRequest.Builder written(PutObjectRequest.Builder request, Location at) {
        request.bucket(at.bucket()).key(at.key()).expectedBucketOwner(owner(at));
        return settings.kmsKey().isEmpty()
                ? request
                : request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(settings.kmsKey());
    }

    private boolean putIf(Location at, String text, Consumer<PutObjectRequest.Builder> condition) {
        String putId = UUID.randomUUID().toString();
        return attempt("write", at, () -> {
            try {
                client.putObject(
                        r -> condition.accept(written(r, at).metadata(Map.of(WRITTEN_BY, putId))),
                        RequestBody.fromString(text));
                return true;
            } catch (AwsServiceException e) {
                if (isMissing(e)) {
                    return false;
                }
                if (e.statusCode() != 412 && e.statusCode() != 409) {
                    throw e;
                }
                // If the answer to a first try was lost, the second try found what the first had written.
                return head(at).map(object -> putId.equals(object.metadata().get(WRITTEN_BY)))
                        .orElse(false);
            }
        });
    }

    @Override
    public void delete(String uri) {
        Location at = Location.ofObject(uri);
        attempt(
                "delete",
                at,
                () -> client.deleteObject(
                        r -> r.bucket(at.bucket()).key(at.key()).expectedBucketOwner(owner(at))));
    }

    @Override
    public OptionalLong size(String uri) {
        Location at = Location.ofObject(uri);
        return attempt(
                "look for",
                at,
                () -> head(at).stream()
                        .mapToLong(found -> found.contentLength() == null ? 1 : found.contentLength())
                        .findFirst());
    }

    private Optional<HeadObjectResponse> head(Location at) {
        try {
            return Optional.of(
                    client.headObject(r -> r.bucket(at.bucket()).key(at.key()).expectedBucketOwner(owner(at))));
        } catch (AwsServiceException e) {
            if (isMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<String> list(String prefix) {
        Location at = Location.of(prefix);
        return attempt(
                "list",
                at,
                () -> client
                        .listObjectsV2Paginator(
                                r -> r.bucket(at.bucket()).prefix(at.key()).expectedBucketOwner(owner(at)))
                        .contents()
                        .stream()
                        .map(S3Object::key)
                        .filter(key -> !key.endsWith("/")) // what some tools put to show an empty directory
                        .map(key -> at.scheme() + "://" + at.bucket() + "/" + key)
                        .sorted()
                        .toList());
    }

    @Override
    public void close() {
        client.close();
    }

    /** Keys are taken as they are, never decoded: any character may stand in them. */
    private record Location(String scheme, String bucket, String key) {
        static Location of(String uri) {
            int colon = uri.indexOf("://");
            String scheme = colon < 0 ? "" : uri.substring(0, colon);
            String rest = colon < 0 ? "" : uri.substring(colon + 3);
            int slash = rest.indexOf('/');
            String bucket = slash < 0 ? rest : rest.substring(0, slash);
            if (!(scheme.equals("s3") || scheme.equals("s3a")) || bucket.isEmpty()) {
                throw ServiceException.refused("An object on S3 is named s3://bucket/key, got " + uri, null);
            }
            return new Location(scheme, bucket, slash < 0 ? "" : rest.substring(slash + 1));
        }

        static Location ofObject(String uri) {
            Location at = of(uri);
            if (at.key().isEmpty()) {
                throw ServiceException.refused("An object on S3 is named s3://bucket/key, got " + uri, null);
            }
            return at;
        }

        @Override
        public String toString() {
            return scheme + "://" + bucket + "/" + key;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw ServiceException.passing("Could not read " + file + ": " + e, e);
        }
    }

    private static <T> T attempt(String verb, Location at, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw failure("Could not " + verb + " " + at, e);
        }
    }

    /** A missing object; a missing bucket is a mistake, not an absence. */
    private static boolean isMissing(AwsServiceException e) {
        return e.statusCode() == 404 && !code(e).equals("NoSuchBucket");
    }

    private static String code(AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }

    /** Says what failed by S3's error code only: its messages may quote key ids and signatures. */
    static ServiceException failure(String what, SdkException exception) {
        if (!(exception instanceof AwsServiceException e)) {
            String message = String.valueOf(exception.getMessage());
            if (message.startsWith("Unable to load credentials")) {
                return ServiceException.refused(
                        what + ": no AWS credentials in the environment, profile or role of this process", exception);
            }
            return ServiceException.passing(what + ": S3 could not be reached: " + message, exception);
        }
        String answer = "S3 answered " + e.statusCode() + (code(e).isEmpty() ? "" : " " + code(e));
        if (e.statusCode() >= 500 || e.isThrottlingException() || code(e).equals("RequestTimeout")) {
            return ServiceException.passing(what + ": " + answer + "; trying again may help", e);
        }
        String remedy = "";
        if (code(e).equals("NoSuchBucket")) {
            remedy = "; there is no such bucket";
        } else if (code(e).startsWith("ExpiredToken")) {
            remedy = "; the credentials of this process have expired";
        } else if (e.statusCode() == 403) {
            remedy = "; allow it to the credentials of this process (a read of what is missing needs s3:ListBucket)";
        } else if (e.statusCode() == 301) {
            remedy = "; the bucket is in another region, set s3.region";
        }
        return ServiceException.refused(what + ": " + answer + remedy, e);
    }
}
