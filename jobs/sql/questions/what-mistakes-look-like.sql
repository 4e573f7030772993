-- What goes wrong on misclassified images? Each looked-at image stands for duplicates / inclusion_probability others.
SELECT use_case, coalesce(failure_mode, status) AS what, count(*) AS images,
       round(sum(duplicates / inclusion_probability), 0) AS misclassified_images
FROM image_findings
GROUP BY use_case, coalesce(failure_mode, status)
ORDER BY use_case, misclassified_images DESC, what
