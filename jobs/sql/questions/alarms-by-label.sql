-- How many alarms does each class raise a day, and how sure is the model? Element 20 of the histogram is [0.95, 1].
SELECT event_date, use_case, label, sum(shown) AS alarms,
       round(1.0 * sum(element_at(confidence_histogram, 20)) / sum(shown), 3) AS share_above_95
FROM exposure_daily
WHERE label <> '__NONE__'
GROUP BY event_date, use_case, label
ORDER BY event_date DESC, use_case, label
