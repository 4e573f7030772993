-- Which classes are short of training data, and what should be collected under which conditions?
SELECT pipeline, use_case, priority, label, how, array_join(conditions, ', ') AS conditions, images, images_found,
       round(need, 2) AS need, why
FROM collection_requests request
WHERE run_date = (SELECT max(run_date) FROM collection_requests WHERE pipeline = request.pipeline)
ORDER BY pipeline, use_case, priority
