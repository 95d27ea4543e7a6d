package rds

import (
	"strings"
	"testing"
)

func TestReadOnlySQL(t *testing.T) {
	proven := []string{
		"select 1",
		"SELECT * FROM users WHERE name = :name AND age > 18 ORDER BY id LIMIT 10;",
		"SELECT 'delete from x; insert', \"update\" FROM t",
		"SELECT 'it''s; drop table t'",
		"SELECT count(*), max(price)::numeric(10,2) FROM orders GROUP BY customer HAVING sum(price) > 3",
		"-- who\nSELECT id /* the key */ FROM users -- all\n",
		"(SELECT 1) UNION (SELECT 2)",
		"WITH recent AS (SELECT * FROM orders WHERE at > now() - interval '1 day') SELECT * FROM recent",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5) SELECT i FROM n",
		"SELECT substring(name from 1 for 2), extract(year from at) FROM users",
		"SELECT * FROM a JOIN b USING (id) WHERE a.x IN (1, 2) AND NOT EXISTS (SELECT 1 FROM c WHERE (c.id = a.id))",
		"SELECT rank() OVER (PARTITION BY team ORDER BY score DESC) FROM players",
		"SELECT coalesce(a, b), lower(c) FROM `t`",
		"SELECT * FROM unnest(array[1,2]) AS x (v)",
		"EXPLAIN SELECT * FROM users", "EXPLAIN ANALYZE SELECT * FROM users", "explain (analyze, format json) select 1",
		"EXPLAIN FORMAT=JSON SELECT 1", "DESC SELECT 1",
		"SHOW TABLES", "SHOW CREATE TABLE users", "show search_path",
		"VALUES (1, 'a'), (2, 'b')", "TABLE users",
		"SELECT :id::uuid", "SELECT data->>'a', data @> '{}' FROM t", "SELECT @@version",
		"SELECT deleted, updated_at, inserted FROM t",
	}
	for _, sql := range proven {
		if !readOnlySQL(sql) {
			t.Errorf("not proven: %s", sql)
		}
	}
}

func TestNotProvenReadOnlySQL(t *testing.T) {
	unproven := []string{
		"", ";", "()", "-- nothing", "42", "'select 1'",
		"INSERT INTO t VALUES (1)", "UPDATE t SET a = 1", "DELETE FROM t", "MERGE INTO t USING s ON true", "REPLACE INTO t VALUES (1)",
		"CREATE TABLE t (a int)", "DROP TABLE t", "TRUNCATE t", "ALTER TABLE t ADD a int", "GRANT ALL ON t TO u",
		"CALL f()", "DO $$ BEGIN END $$", "COPY t TO '/tmp/x'", "SET a = 1", "VACUUM", "LOCK TABLE t", "BEGIN", "EXECUTE p",
		"SELECT 1; DELETE FROM t", "SELECT 1;; SELECT 2",
		"WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
		"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
		"SELECT * INTO copy FROM t", "SELECT a INTO OUTFILE '/tmp/x' FROM t", "SELECT 1 INTO @x", "SELECT @a := 1",
		"SELECT * FROM t FOR UPDATE", "SELECT * FROM t FOR NO KEY UPDATE", "SELECT * FROM t FOR SHARE SKIP LOCKED",
		"SELECT * FROM t LOCK IN SHARE MODE",
		"EXPLAIN ANALYZE DELETE FROM t", "EXPLAIN (ANALYZE) UPDATE t SET a = 1", "EXPLAIN DELETE FROM t", "EXPLAIN",
		"SELECT nextval('s')", "SELECT setval('s', 1)", "SELECT pg_sleep(10)", "SELECT sleep(1)", "SELECT get_lock('a', 1)",
		"SELECT do_something()", "SELECT public.lower('a')", `SELECT "lower"('a')`, "SELECT set_config('a', 'b', false)",
		"SELECT pg_terminate_backend(1)", "SELECT dblink('x', 'DELETE FROM t')", "SELECT lo_unlink(1)",
		"SELECT query_to_xml('delete from t', true, true, '')", "SELECT do_something ()", "SELECT do_something/* */()",
		"SELECT * FROM t WHERE a = do_something(1)", "SHOW TABLES WHERE do_something(1)",
		`SELECT 'a\'; DELETE FROM t; -- '`, "SELECT 1 --1\n", "SELECT 1 # x\n", "SELECT /*! 1; DELETE */ 1", "SELECT /*+ SET_VAR(a=1) */ 1",
		"SELECT /* /* */ */ 1", "SELECT $$a$$", "SELECT $tag$ ; DELETE FROM t $tag$", "SELECT 'open", "SELECT \"open", "SELECT /* open",
		"SELECT {fn do_something()}", "SELECT 1\x00", "SELECT `a; DELETE FROM t; `", "-- a\rDELETE FROM t\n SELECT 1", "\u00a0SELECT 1",
		"SELECT 1 OPERATOR(public.+) 2", "SELECT NEXT VALUE FOR s", "SELECT :do_something(1)",
	}
	for _, sql := range unproven {
		if readOnlySQL(sql) {
			t.Errorf("proven, and must not be: %s", sql)
		}
	}
}

// FuzzReadOnlySQL: whatever else a statement holds, a second statement or a
// bare word that writes is never proven harmless.
func FuzzReadOnlySQL(f *testing.F) {
	for _, seed := range []string{"select 1", "select 'a''b' -- c\n", "with x as (select 1) select * from x", "explain select `a`", "show x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		if !readOnlySQL(sql) {
			return
		}
		if strings.Trim(sql, "; \t\r\n") == "" {
			t.Fatalf("%q holds no statement", sql)
		}
		for _, tail := range []string{"\n; delete from t", "\n, evil()", "\n; select 1"} {
			if readOnlySQL(sql + tail) {
				t.Fatalf("%q is proven with %q behind it", sql, tail)
			}
		}
	})
}

// readOnlySQL is readsSQL for a text of one statement.
func readOnlySQL(sql string) bool {
	tokens, sure := oneSQLStatement(sql)
	return sure && readsSQL(tokens)
}
