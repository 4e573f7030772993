package dev.winnow.cli;

import dev.winnow.config.ConfigException;

/** What only the environment may hold. */
final class Secrets {
    private Secrets() {}

    /**
     * Returns the secret in a variable.
     *
     * @param key of the configuration that names the variable
     * @param what the secret is, in words
     * @throws ConfigException if there is none
     */
    static String of(String key, String variable, String what) {
        String secret = System.getenv(variable);
        if (secret == null || secret.isEmpty()) {
            throw new ConfigException(key + ": the environment has no variable " + variable + "; set it to " + what);
        }
        return secret;
    }
}
