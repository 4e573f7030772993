-- Which segments got worse or better, against their past or with the newest model version?
SELECT pipeline, use_case, segment, comparison, status, round(rate_before, 3) AS rate_before,
       round(rate_now, 3) AS rate_now, round(difference_low, 3) AS at_least, round(difference_high, 3) AS at_most, sentence
FROM segment_changes change
WHERE run_date = (SELECT max(run_date) FROM segment_changes WHERE pipeline = change.pipeline)
  AND status IN ('WORSE', 'BETTER')
ORDER BY q_value, pipeline, use_case, segment, comparison
