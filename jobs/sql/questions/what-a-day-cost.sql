-- What did each of the last days take, did it fail on the way, and what did the model cost?
WITH model AS (
  SELECT run_date, sum(cost_dollars) AS dollars FROM image_findings GROUP BY run_date
)
SELECT runs.run_date, count(*) AS attempts, count_if(exit_code <> 0) AS failed, round(sum(seconds) / 60, 1) AS minutes,
       round(max(model.dollars), 2) AS model_dollars
FROM runs
LEFT JOIN model ON model.run_date = runs.run_date
GROUP BY runs.run_date
ORDER BY runs.run_date DESC
LIMIT 30
