package dev.winnow.cli;

import dev.winnow.config.Suggestions;
import dev.winnow.runtime.Attempt.Outcome;
import dev.winnow.runtime.Version;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point of everything: the local script and every cluster step. */
@Command(
        name = "winnow",
        description = "Decides what humans should label next.",
        versionProvider = Main.Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example:",
            "  winnow curate --conf conf/local.conf --run-date 2026-11-01",
            "",
            "winnow COMMAND --help explains a command."
        })
public final class Main {
    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Prints the stack trace of a failure; without it the trace is in the log only.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Explains the command.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Prints the version.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    private Main() {}

    /** Runs a command. */
    public static void main(String[] args) {
        int exitCode = run(
                new Context(
                        new AppWiring(),
                        new PrintStream(System.out, true, StandardCharsets.UTF_8),
                        new PrintStream(System.err, true, StandardCharsets.UTF_8),
                        Clock.systemUTC(),
                        new SecureRandom(),
                        System.getenv()),
                args);
        if (exitCode != 0) { // a clean return is the success signal: exit(0) makes YARN report a failed driver
            System.exit(exitCode);
        }
    }

    static int run(Context context, String... args) {
        Main main = new Main();
        CommandLine line = commandLine(main, context)
                .setOut(new PrintWriter(context.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, arguments) -> report(context, usage(e), main.verbose))
                .setExecutionExceptionHandler((e, command, parsed) -> report(context, e, main.verbose));
        try {
            return line.execute(args);
        } catch (Throwable e) { // an Error, which picocli passes on
            return report(context, e, main.verbose);
        }
    }

    /** Every command with its options, as it is parsed. */
    static CommandLine commandLine(Context context) {
        return commandLine(new Main(), context);
    }

    private static CommandLine commandLine(Main main, Context context) {
        CommandLine line = new CommandLine(main);
        RunCommand.all(context).forEach(line::addSubcommand);
        return line.addSubcommand(RunCommand.jobs(context))
                .addSubcommand(new ShowCommand(context))
                .addSubcommand(new ExplainCommand(context))
                .addSubcommand(new GenerateCommand(context))
                .addSubcommand(new DeployCommand(context))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static int report(Context context, Throwable failure, boolean verbose) {
        Outcome outcome = Failures.of(failure);
        FailureLog.write(outcome, failure);
        if (verbose) {
            failure.printStackTrace(context.err());
        }
        Failures.details(failure).forEach(detail -> context.err().println("  - " + detail));
        context.err().println("winnow: " + outcome.sentence());
        return outcome.exitCode();
    }

    /** Says what was wrong with the command line and which name may have been meant. */
    private static UsageException usage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String help = "; see " + command.getCommandSpec().qualifiedName() + " --help";
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String name = unmatched.getUnmatched().get(0);
            boolean option = name.startsWith("-");
            Collection<String> known = option
                    ? command.getCommandSpec().optionsMap().keySet()
                    : command.getSubcommands().keySet();
            String nearest = known.isEmpty() ? "" : Suggestions.nearest(name.replaceFirst("=.*", ""), known);
            return new UsageException(
                    "unknown " + (option ? "option " : "command or argument ") + name + nearest + help);
        }
        String message = String.valueOf(e.getMessage());
        return new UsageException(
                message.equals("Missing required subcommand")
                        ? "name a command: "
                                + String.join(", ", command.getSubcommands().keySet()) + help
                        : message + help);
    }

    /** Versions of the application and of Java. */
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            List<String> lines = new ArrayList<>();
            lines.add("winnow " + Version.current());
            lines.add("Java " + System.getProperty("java.version"));
            return lines.toArray(String[]::new);
        }
    }
}
