-- How many input rows were rejected, and for which reason? rejected_rows stands on every sample of a reason and day.
SELECT date AS day, input, reason, max(rejected_rows) AS rejected_rows, min(sample) AS an_example
FROM rejects
GROUP BY date, input, reason
ORDER BY day DESC, rejected_rows DESC, reason
