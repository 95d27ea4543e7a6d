-- +goose Up
-- When the run began that read what a cell holds, where a file tells it. Otherwise a sync
-- read it when it began itself.
ALTER TABLE outcome ADD COLUMN read_at INTEGER;

-- +goose Down
ALTER TABLE outcome DROP COLUMN read_at;
