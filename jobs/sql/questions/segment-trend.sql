-- How did the rate of today's elevated segments move over the last four weeks?
SELECT past.pipeline, past.use_case, past.segment, past.run_date, past.judged, round(past.fdr, 3) AS fdr,
       round(past.fdr_low, 3) AS fdr_low, round(past.fdr_high, 3) AS fdr_high
FROM segment_findings past
JOIN segment_findings today ON today.pipeline = past.pipeline AND today.use_case = past.use_case AND today.segment = past.segment
WHERE today.run_date = (SELECT max(run_date) FROM segment_findings WHERE pipeline = today.pipeline)
  AND today.status = 'ELEVATED'
  AND past.run_date > today.run_date - INTERVAL '28' DAY
ORDER BY past.pipeline, past.use_case, past.segment, past.run_date
