-- What did each of the last days take, did it fail on the way, and what did the model cost?
SELECT run_date, count(*) AS attempts, count_if(exit_code <> 0) AS failed, round(sum(seconds) / 60, 1) AS minutes,
       sum(model_calls) AS model_calls, sum(model_input_tokens + model_output_tokens) AS model_tokens,
       round(sum(model_dollars), 2) AS model_dollars
FROM runs
GROUP BY run_date
ORDER BY run_date DESC
LIMIT 30
