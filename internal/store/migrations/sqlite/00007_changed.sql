-- +goose Up
-- How many parts and edges a run changed. Before, they counted as opened and as closed.
ALTER TABLE outcome ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE outcome DROP COLUMN changed;
