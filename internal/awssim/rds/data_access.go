package rds

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/awssim"
)

// setTransaction runs SET TRANSACTION. PostgreSQL lets an open transaction
// become read-only; MySQL changes only the one to come, which the Data API
// does not begin on the same connection. Isolation levels are taken and change
// nothing, as SQLite's transactions have the strictest.
//
// https://www.postgresql.org/docs/current/sql-set-transaction.html
// https://dev.mysql.com/doc/refman/8.0/en/set-transaction.html
func (r *dataRun) setTransaction() (*dataResult, error) {
	mode := strings.ToLower(strings.Join(strings.Fields(r.stmt.Text)[2:], " "))
	readOnly := mode == "read only"
	switch {
	case !readOnly && mode != "read write" && !strings.HasPrefix(mode, "isolation level "):
		return nil, awssim.Errorf("DatabaseErrorException", "ERROR: syntax error at or near %q; SQLState: 42601", mode)
	case r.tx == nil:
		return &dataResult{}, nil // for a transaction that ends with the statement
	case r.target.mysql:
		return nil, awssim.Errorf("DatabaseErrorException",
			"Transaction characteristics can't be changed while a transaction is in progress; Error code: 1568; SQLState: 25001")
	case mode == "read write" && r.tx.readOnly:
		return nil, awssim.Errorf("DatabaseErrorException", "ERROR: transaction read-write mode must be set before any query; SQLState: 25001")
	case readOnly && !r.tx.readOnly:
		if err := refuseWrites(r.ctx, r.conn, true); err != nil {
			return nil, databaseError(err)
		}
		r.tx.readOnly = true
	}
	return &dataResult{}, nil
}

// refuseWrites makes SQLite refuse writes on a connection, or take them again.
func refuseWrites(ctx context.Context, conn *sql.Conn, refuse bool) error {
	_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA query_only = %t", refuse))
	return err
}

// inReadOnly is the failure of a statement that writes in a read-only
// transaction.
func (r *dataRun) inReadOnly() error {
	return awssim.Errorf("DatabaseErrorException", "ERROR: cannot execute %s in a read-only transaction; SQLState: 25006", strings.ToUpper(r.stmt.First))
}
