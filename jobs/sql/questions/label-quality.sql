-- How right are labels, by class and confidence? Rows without correct_share have no reviews.
SELECT use_case, model_version, label, bucket, total, confirmed, disconfirmed, round(correct_share, 3) AS correct_share,
       round(correct_low, 3) AS correct_low, round(correct_high, 3) AS correct_high
FROM label_qa
WHERE design = 'UNIFORM'
ORDER BY use_case, model_version, label, confidence_low DESC
