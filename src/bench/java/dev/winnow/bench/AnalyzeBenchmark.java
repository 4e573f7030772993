package dev.winnow.bench;

import dev.winnow.adapters.bedrock.BedrockModel;
import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.analysis.CallLedger;
import dev.winnow.analysis.ImageCase;
import dev.winnow.analysis.ImageReview;
import dev.winnow.analysis.ModelReviewer;
import dev.winnow.analysis.Prompt;
import dev.winnow.config.ModelSettings;
import dev.winnow.ports.ObjectStore;
import dev.winnow.runtime.TimeSource;
import dev.winnow.testing.BedrockStandIn;
import dev.winnow.testing.Configs;
import dev.winnow.testing.ImageCases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/**
 * How much of its rate limit a run uses when the service is healthy, by the real SDK against a stand-in.
 *
 * <p>Arguments: requests per minute, by default 1,200; seconds, by default 90; milliseconds of an answer, by default
 * 2,000. Prints the rate that the stand-in saw, the most it saw in any minute, and objects stored.
 */
public final class AnalyzeBenchmark {
    private static final int SLOTS_PER_CALL_IN_FLIGHT = 2;

    private AnalyzeBenchmark() {}

    /** Measures once. */
    public static void main(String[] args) throws Exception {
        int perMinute = args.length > 0 ? Integer.parseInt(args[0]) : 1_200;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 90;
        Duration latency = Duration.ofMillis(args.length > 2 ? Long.parseLong(args[2]) : 2_000);
        System.setProperty("aws.accessKeyId", "bench");
        System.setProperty("aws.secretAccessKey", "bench-secret");
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "bench")), "analyze")
                .toAbsolutePath();
        ObjectStore objects = new LocalObjects();
        List<ImageCase> cases = ImageCases.make(objects, folder + "/images", perMinute * seconds / 60);
        int concurrency = (int) Math.max(8, perMinute / 60.0 * (latency.toMillis() / 1e3 + 1) * SLOTS_PER_CALL_IN_FLIGHT);
        try (BedrockStandIn service = new BedrockStandIn()) {
            service.reply(call -> BedrockStandIn.seen(call, latency));
            ModelSettings settings = Configs.of("""
                            analysis { provider = bedrock, model {
                              id = bench, region = us-east-1, endpoint = "%s", input-price = 3, output-price = 15
                              pace { concurrency = %d, requests-per-minute = %d, tokens-per-minute = 1000000000 }
                              limits { run { calls = 1000000, dollars = 100000 }, week { calls = 1000000, dollars = 100000 }
                                month { calls = 1000000, dollars = 100000 } } } }
                            """.formatted(service.endpoint(), concurrency, perMinute))
                    .analysis()
                    .model();
            try (BedrockModel model = BedrockModel.open(settings)) {
                List<ImageReview> reviews = new ModelReviewer(
                                settings,
                                model,
                                objects,
                                new CallLedger(objects, folder + "/analysis", () -> {}),
                                Prompt.load(),
                                useCase -> List.of("person"),
                                TimeSource.SYSTEM)
                        .review(LocalDate.of(2026, 11, 2), cases);
                print(perMinute, latency, concurrency, service, reviews);
            }
        }
    }

    private static void print(
            int perMinute, Duration latency, int concurrency, BedrockStandIn service, List<ImageReview> reviews) {
        List<Long> arrivals = service.arrivals();
        // Between the second call and the last: the first one is made alone.
        double rate = (arrivals.size() - 2) * 60e9 / (arrivals.get(arrivals.size() - 1) - arrivals.get(1));
        int most = 0;
        int from = 0;
        for (int i = 0; i < arrivals.size(); i++) {
            while (arrivals.get(i) - arrivals.get(from) >= Duration.ofMinutes(1).toNanos()) {
                from++;
            }
            most = Math.max(most, i - from + 1);
        }
        System.out.printf(
                Locale.ROOT,
                "analyze of %,d images at %,d requests a minute, answers after %d ms, %d slots: %,.0f a minute (%.1f %% of the"
                        + " limit), at most %,d in any minute, %d in flight at most, %,d answered%n",
                reviews.size(),
                perMinute,
                latency.toMillis(),
                concurrency,
                rate,
                100 * rate / perMinute,
                most,
                service.mostInFlight(),
                reviews.stream().filter(review -> review.seen() != null).count());
    }
}
