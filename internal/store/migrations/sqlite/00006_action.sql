-- +goose Up
-- The IAM action that would close a gap, where the policy lacks one.
ALTER TABLE outcome ADD COLUMN action TEXT NOT NULL DEFAULT '';
-- Whether a run read AWS (sync) or files (import).
ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT 'sync';

-- +goose Down
ALTER TABLE run DROP COLUMN kind;
ALTER TABLE outcome DROP COLUMN action;
