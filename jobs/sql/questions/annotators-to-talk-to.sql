-- Whose answers stand out, and why?
SELECT use_case, worker_id, answers, round(quality, 3) AS quality, round(quality_low, 3) AS quality_low,
       round(seconds_per_answer, 1) AS seconds_per_answer, array_join(flags, ', ') AS flags
FROM annotators
WHERE cardinality(flags) > 0
ORDER BY use_case, quality_high, worker_id
