package rds

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/awssim"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// dataState is the databases and open transactions of an account's clusters in
// a region. The databases are files in a temporary directory, since only
// SQLite's write-ahead log lets others read while a transaction is open; the
// directory goes with the World.
type dataState struct {
	mu   sync.Mutex
	dir  string
	open map[string]*sql.DB // by cluster and name
	made map[string]bool    // databases made by CREATE DATABASE
	txs  map[string]*dataTx
}

// Start makes the maps.
func (st *dataState) Start(*awssim.World, string, string) {
	st.open, st.made, st.txs = make(map[string]*sql.DB), make(map[string]bool), make(map[string]*dataTx)
}

// Close removes the databases.
func (st *dataState) Close() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, tx := range st.txs {
		_ = tx.conn.Close() // what is not committed is lost on purpose
	}
	for _, db := range st.open {
		_ = db.Close()
	}
	if st.dir == "" {
		return nil
	}
	return os.RemoveAll(st.dir)
}

func dataKey(cluster, database string) string { return cluster + "/" + database }

// add makes a database known; it gives false for one that was already.
func (st *dataState) add(cluster, database string) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	key := dataKey(cluster, database)
	known := st.made[key]
	st.made[key] = true
	return !known
}

// database opens the target's database, once.
func (st *dataState) database(t dataTarget) (*sql.DB, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	key := dataKey(t.cluster, t.database)
	if db := st.open[key]; db != nil {
		return db, nil
	}
	if t.database != t.own && !st.made[key] {
		return nil, awssim.Errorf("DatabaseErrorException", "FATAL: database %q does not exist; SQLState: 3D000", t.database)
	}
	if st.dir == "" {
		dir, err := os.MkdirTemp("", "awssim-rdsdata-")
		if err != nil {
			return nil, err
		}
		st.dir = dir
	}
	file := url.URL{Scheme: "file", Opaque: filepath.ToSlash(filepath.Join(st.dir, fmt.Sprintf("%d.db", len(st.open))))}
	pragmas := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(OFF)", "foreign_keys(1)"}}
	db, err := sql.Open("sqlite", file.String()+"?"+pragmas.Encode())
	if err != nil {
		return nil, err
	}
	st.open[key] = db
	return db, nil
}

// How long a transaction may rest, and last.
//
// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_BeginTransaction.html
const (
	txRests = 3 * time.Minute
	txLasts = 24 * time.Hour
)

// dataTx is an open transaction on a connection of its own.
type dataTx struct {
	mu       sync.Mutex
	conn     *sql.Conn
	target   dataTarget
	began    time.Time
	used     time.Time
	readOnly bool
	ended    bool
}

func (st *dataState) begin(c *awssim.Call, t dataTarget) (string, error) {
	db, err := st.database(t)
	if err != nil {
		return "", err
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		return "", err
	}
	if _, err := conn.ExecContext(c.Context(), "BEGIN"); err != nil {
		_ = conn.Close() // the first failure is the one to tell
		return "", databaseError(err)
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.sweep(c)
	id := awssim.RandomText(184)
	st.txs[id] = &dataTx{conn: conn, target: t, began: c.Now(), used: c.Now()}
	return id, nil
}

// sweep rolls back transactions that rested too long; st.mu must be held.
func (st *dataState) sweep(c *awssim.Call) {
	for id, tx := range st.txs {
		if !tx.mu.TryLock() {
			continue // it is in use
		}
		if tx.over(c) {
			_ = tx.end("ROLLBACK")
			delete(st.txs, id)
		}
		tx.mu.Unlock()
	}
}

func (tx *dataTx) over(c *awssim.Call) bool {
	now, clock := c.Now(), &c.World.Clock
	return now.Sub(tx.used) > clock.Scaled(txRests) || now.Sub(tx.began) > clock.Scaled(txLasts)
}

// take gives an open transaction, locked.
func (st *dataState) take(c *awssim.Call, id string) (*dataTx, error) {
	st.mu.Lock()
	st.sweep(c)
	tx := st.txs[id]
	st.mu.Unlock()
	if tx != nil {
		tx.mu.Lock()
		if !tx.ended {
			tx.used = c.Now()
			return tx, nil
		}
		tx.mu.Unlock()
	}
	return nil, awssim.Errorf("TransactionNotFoundException", "Transaction %s is not found", id)
}

// end finishes the transaction; tx.mu must be held. Its id is good for
// nothing from then on.
func (tx *dataTx) end(how string) error {
	tx.ended = true
	_, err := tx.conn.ExecContext(context.Background(), how)
	if err != nil {
		_, _ = tx.conn.ExecContext(context.Background(), "ROLLBACK") // the first failure is the one to tell
	}
	if tx.readOnly { // others get the connection next
		if again := refuseWrites(context.Background(), tx.conn, false); err == nil {
			err = again
		}
	}
	if closing := tx.conn.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return databaseError(err)
	}
	return nil
}
