-- Did what was labeled help the segments it was aimed at?
SELECT pipeline, use_case, subject, model_version, verdict, round(rate_before, 3) AS rate_before,
       round(rate_after, 3) AS rate_after, round(differential_change, 3) AS beyond_others,
       round(differential_low, 3) AS at_least, round(differential_high, 3) AS at_most, needed_trials, sentence
FROM round_outcomes outcome
WHERE run_date = (SELECT max(run_date) FROM round_outcomes WHERE pipeline = outcome.pipeline)
ORDER BY pipeline, use_case, subject, model_version
