-- +goose Up
-- The accounts that a sync was to read, as its caller writes them. It is empty for runs of
-- earlier versions.
ALTER TABLE run ADD COLUMN choice TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE run DROP COLUMN choice;
