-- +goose Up
-- What one account has is found without looking at all the others.
CREATE INDEX part_account ON part (account, gone_run);

-- +goose Down
DROP INDEX part_account;
