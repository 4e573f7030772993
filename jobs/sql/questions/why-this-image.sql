-- Why was an image chosen? Put its URI, or its item, in place of the newest one.
SELECT item_id, image_uri, round_id, signal, rank, segment, predicted_label, confidence,
       array_join(signals, ', ') AS signals, inclusion_probability, reason
FROM selections
WHERE image_uri = (SELECT max_by(image_uri, captured_at) FROM selections)
ORDER BY round_id, item_id
