-- +goose Up
-- When what a cell tells was so, where AWS's answer is older than the run.
ALTER TABLE outcome ADD COLUMN as_of INTEGER;

-- +goose Down
ALTER TABLE outcome DROP COLUMN as_of;
