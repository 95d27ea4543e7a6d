-- +goose Up
-- What was read of one account is found without looking at all the others.
CREATE INDEX cell_account ON cell (account);

-- +goose Down
DROP INDEX cell_account;
