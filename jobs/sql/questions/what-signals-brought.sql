-- Which signal finds errors nobody knew, against the audit's uniform draw, and at what effort?
SELECT pipeline, use_case, signal, labeled, outstanding, found, round(yield, 3) AS yield,
       round(audit_yield, 3) AS audit_yield, round(lift, 2) AS lift, round(minutes_per_found, 1) AS minutes_per_found,
       weight, proposed_weight
FROM signal_yields signals
WHERE run_date = (SELECT max(run_date) FROM signal_yields WHERE pipeline = signals.pipeline) AND round_id IS NULL
ORDER BY pipeline, use_case, yield DESC, signal
