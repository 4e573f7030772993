-- Registers Winnow's tables in the Glue catalog, once, for Athena, Trino and Redshift Spectrum: columns come
-- from the tables themselves. Run each statement after its table was first written; put the root of your
-- warehouse in place of s3://WAREHOUSE, and your database in place of winnow.
CREATE DATABASE IF NOT EXISTS winnow;

-- Agreement of annotators in one use case under one version of the guideline
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.agreement
LOCATION 's3://WAREHOUSE/agreement/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One annotator of one use case, by pseudonym
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.annotators
LOCATION 's3://WAREHOUSE/annotators/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One answer to one item of a labeling job
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.answers
LOCATION 's3://WAREHOUSE/answers/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Whether a class is labeled without people on a run date, and what that saves
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.auto_label_days
LOCATION 's3://WAREHOUSE/auto_label_days/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One alarm that is labeled without people; VOID ones no longer count
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.auto_labels
LOCATION 's3://WAREHOUSE/auto_labels/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Confidence of a class against the share that is right, and what makes them equal
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.calibration
LOCATION 's3://WAREHOUSE/calibration/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One item and one signal that speaks for labeling it
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.candidates
LOCATION 's3://WAREHOUSE/candidates/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- What one class of a use case, as a whole or at one value of a dimension, lacks in training
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.class_imbalance
LOCATION 's3://WAREHOUSE/class_imbalance/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Confidence from which a class can be trusted, by one rule
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.class_thresholds
LOCATION 's3://WAREHOUSE/class_thresholds/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Images of one class to collect or to synthesize
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.collection_requests
LOCATION 's3://WAREHOUSE/collection_requests/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- From which confidence a predicted class is the only one in its conformal set
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.conformal_bands
LOCATION 's3://WAREHOUSE/conformal_bands/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- The input files that one day of a cell table was made of
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.day_builds
LOCATION 's3://WAREHOUSE/day_builds/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Quantile edges of a numeric dimension, stored once under a name
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.dimension_bins
LOCATION 's3://WAREHOUSE/dimension_bins/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Outputs of one camera, combination of frame dimensions, class and model version
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.exposure_daily
LOCATION 's3://WAREHOUSE/exposure_daily/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Share of the feedback on an event date that arrives by its age in days
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.feedback_arrival
LOCATION 's3://WAREHOUSE/feedback_arrival/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One item of an open label that people are asked about again
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.follow_ups
LOCATION 's3://WAREHOUSE/follow_ups/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One misclassified image that was looked at, and what was seen on it
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.image_findings
LOCATION 's3://WAREHOUSE/image_findings/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- How many labels of a class are right, in one interval of confidence
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.label_qa
LOCATION 's3://WAREHOUSE/label_qa/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One group of workers on the run date of a sync: its jobs in labeling_progress, together
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.labeling_groups
LOCATION 's3://WAREHOUSE/labeling_groups/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One labeling job: a manifest of one round
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.labeling_jobs
LOCATION 's3://WAREHOUSE/labeling_jobs/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- How far one labeling job was on the run date of a sync
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.labeling_progress
LOCATION 's3://WAREHOUSE/labeling_progress/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One label of one item, made of all its answers
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.labels
LOCATION 's3://WAREHOUSE/labels/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One inference whose verdict became a wrong one on one day
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.misclassified
LOCATION 's3://WAREHOUSE/misclassified/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One question of one use case, and what its pilot says about asking it
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.pilots
LOCATION 's3://WAREHOUSE/pilots/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- An item of an earlier round that a round asks people about again, to learn of them
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.planted_items
LOCATION 's3://WAREHOUSE/planted_items/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- An item that a bulk QA job shows with a label
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.qa_items
LOCATION 's3://WAREHOUSE/qa_items/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- A sampled input row that breaks its contract, with the exact count of its reason
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.rejects
LOCATION 's3://WAREHOUSE/rejects/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- An item that bulk QA disconfirmed and whose right class people are asked for
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.relabel_items
LOCATION 's3://WAREHOUSE/relabel_items/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One item of a round that has no answer and will get none: it may be chosen again
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.returned_items
LOCATION 's3://WAREHOUSE/returned_items/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- How well a reviewer notices wrong labels
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.reviewers
LOCATION 's3://WAREHOUSE/reviewers/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- What one value adds to the log-odds ln((1 - confidence) / confidence) that an alarm is wrong
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.risk_effects
LOCATION 's3://WAREHOUSE/risk_effects/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- How a segment that rounds targeted, or a whole model, changed since
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.round_outcomes
LOCATION 's3://WAREHOUSE/round_outcomes/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One row per attempt to run a command, failed ones too
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.runs
LOCATION 's3://WAREHOUSE/runs/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One comparison of a segment with its own past, at equal age of its verdicts
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.segment_changes
LOCATION 's3://WAREHOUSE/segment_changes/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Error rates of one segment over the window that ends on the run date
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.segment_findings
LOCATION 's3://WAREHOUSE/segment_findings/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- What one signal of one use case was given and where it was cut
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.selection_cuts
LOCATION 's3://WAREHOUSE/selection_cuts/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- One image that a round asks people to label
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.selections
LOCATION 's3://WAREHOUSE/selections/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- What the labels that one signal asked for brought, in one round or in all
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.signal_yields
LOCATION 's3://WAREHOUSE/signal_yields/'
TBLPROPERTIES ('table_type' = 'DELTA');

-- Signed counts of verdicts on one cell that arrived on one day
CREATE EXTERNAL TABLE IF NOT EXISTS winnow.verdict_daily
LOCATION 's3://WAREHOUSE/verdict_daily/'
TBLPROPERTIES ('table_type' = 'DELTA');
