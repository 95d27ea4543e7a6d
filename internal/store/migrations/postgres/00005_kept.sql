-- +goose Up
-- 0 for runs whose snapshots are no longer kept.
ALTER TABLE run ADD COLUMN kept INTEGER NOT NULL DEFAULT 1;

-- +goose Down
ALTER TABLE run DROP COLUMN kept;
