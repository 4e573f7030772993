-- Where is the model weakest today? Worst first, without segments that only repeat another.
SELECT pipeline, use_case, segment, status, alarms, judged, round(fdr, 3) AS fdr, round(fdr_low, 3) AS fdr_low,
       round(fdr_high, 3) AS fdr_high, round(excess_errors, 1) AS excess_errors, sentence
FROM segment_findings finding
WHERE run_date = (SELECT max(run_date) FROM segment_findings WHERE pipeline = finding.pipeline)
  AND cardinality(dimensions) > 0 AND NOT redundant AND status IN ('ELEVATED', 'SUSPECTED')
ORDER BY excess_errors DESC, pipeline, use_case, segment
LIMIT 50
