-- Which labels are not settled yet, and what do they need?
SELECT use_case, status, coalesce(needs, 'nothing') AS needs, count(*) AS items, round(avg(confidence), 3) AS confidence
FROM labels
WHERE status IN ('OPEN', 'TIED', 'UNAPPROVED')
GROUP BY use_case, status, coalesce(needs, 'nothing')
ORDER BY use_case, status, needs
