-- From which confidence is a class proven right often enough, and how many reviews are missing where it is not?
SELECT use_case, model_version, label, status, threshold, reviewed, wrong, round(bound, 4) AS wrong_at_most,
       round(wrong_limit, 4) AS wrong_limit, needed_n
FROM class_thresholds
WHERE walk = 'PROVEN' AND label <> '__ALL__'
ORDER BY use_case, model_version, label
