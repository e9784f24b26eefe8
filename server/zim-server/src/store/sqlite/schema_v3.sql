-- Schema version 3: the jobs about one message are withdrawn when it is recalled.

-- A job whose intent cannot be read is about nothing; it must not stop this step.
CREATE INDEX job_subject ON job (app_id, json_extract(intent, '$.subject_id')) WHERE json_valid(intent);
