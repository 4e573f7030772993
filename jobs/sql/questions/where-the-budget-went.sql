-- How was the last round's budget spent, and what held candidates back? held_by_open_work counts for the whole use case.
SELECT pipeline, round_id, use_case, signal, quota, eligible, selected, held_by_burst, held_by_camera, held_by_site,
       held_by_class, held_by_ceiling, unusable, held_by_open_work, round(lowest_score, 3) AS lowest_score
FROM selection_cuts cut
WHERE substr(round_id, 1, 11) || lpad(substr(round_id, 12), 6, '0')
  = (SELECT max(substr(round_id, 1, 11) || lpad(substr(round_id, 12), 6, '0'))
     FROM selection_cuts WHERE pipeline = cut.pipeline)
ORDER BY pipeline, use_case, signal
