package dev.winnow.cli;

import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What a command sees of the world.
 *
 * @param wiring adapters and stages
 * @param out results
 * @param err progress and failures
 * @param clock time
 * @param random suffixes of attempt ids
 * @param environment environment variables
 */
record Context(
        Wiring wiring,
        PrintStream out,
        PrintStream err,
        Clock clock,
        RandomGenerator random,
        Map<String, String> environment) {}
