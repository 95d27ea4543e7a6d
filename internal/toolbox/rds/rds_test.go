package rds_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	simrds "github.com/hawser/hawser/internal/awssim/rds"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// queryRig is a rig with a cluster that holds a small table.
type queryRig struct {
	*toolboxtest.Rig
	sim            *simtest.Sim
	cluster, login string
}

func addInstance(t testing.TB, sim *simtest.Sim, region, id, engine string) {
	t.Helper()
	_, err := simrds.AddDBInstance(sim.World, simtest.Account, region, &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: &id, Engine: &engine, DBInstanceClass: aws.String("db.t4g.micro"), AllocatedStorage: aws.Int32(20),
		MasterUsername: aws.String("ada"), MasterUserPassword: aws.String("correct horse"),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func newQueryRig(t *testing.T) *queryRig {
	t.Helper()
	r, sim := toolboxtest.OnSim(t)
	q := &queryRig{Rig: r, sim: sim, cluster: toolboxtest.AddCluster(t, sim, "eu-west-1", "shop", "aurora-postgresql")}
	q.login = secretsmanager.Put(sim.World, simtest.Account, "eu-west-1", "shop", `{"username":"ada","password":"x"}`)
	err := simrds.SeedDatabase(sim.World, q.cluster, "shop",
		`CREATE TABLE people (id BIGINT PRIMARY KEY, name TEXT, born DATE, active BOOLEAN, score DOUBLE PRECISION, photo BLOB, paid NUMERIC(10,2))`,
		`INSERT INTO people VALUES (1, 'O''Brien', '1990-02-03', true, 1.5, x'00ff', 12.5), (2, 'Ada', NULL, false, NULL, NULL, NULL)`)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func (q *queryRig) input(sql string, more map[string]any) map[string]any {
	in := map[string]any{"resource_arn": q.cluster, "secret_arn": q.login, "sql": sql}
	for k, v := range more {
		in[k] = v
	}
	return in
}

func (q *queryRig) query(t *testing.T, sql string, more map[string]any) toolboxtest.Answer {
	t.Helper()
	return q.Call(t, "rds.query", q.input(sql, more))
}

func TestQueryGivesRowsAsObjects(t *testing.T) {
	q := newQueryRig(t) // the connection's region is another: the ARN decides
	got := q.query(t, "SELECT p.*, id FROM people p WHERE id <= :max ORDER BY id", map[string]any{"parameters": map[string]any{"max": 1}})
	want := toolboxtest.Answer{
		"updated": 0.0, "read_only": "transaction",
		"columns": []any{
			map[string]any{"name": "id", "type": "int8"},
			map[string]any{"name": "name", "type": "text"},
			map[string]any{"name": "born", "type": "date"},
			map[string]any{"name": "active", "type": "bool"},
			map[string]any{"name": "score", "type": "float8"},
			map[string]any{"name": "photo", "type": "bytea"},
			map[string]any{"name": "paid", "type": "numeric"},
			map[string]any{"name": "id_2", "type": "int8"},
		},
		"rows": []any{map[string]any{
			"id": 1.0, "name": "O'Brien", "born": "1990-02-03", "active": true, "score": 1.5, "photo": "AP8=", "paid": "12.5", "id_2": 1.0,
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQueryBindsParameters(t *testing.T) {
	q := newQueryRig(t)
	nasty := `Robert'); DROP TABLE people; --`
	added := q.query(t, "INSERT INTO people VALUES (:id, :name, :born, :active, :score, :photo, :paid)", map[string]any{"parameters": map[string]any{
		"id": 9007199254740993, "name": nasty, "born": map[string]any{"value": "2026-01-02", "type": "DATE"}, "active": nil,
		"score": 2.25, "photo": map[string]any{"value": "AAEC", "type": "BLOB"}, "paid": map[string]any{"value": "3.50", "type": "DECIMAL"},
	}})
	if added["updated"] != 1.0 {
		t.Errorf("inserting: %v", added)
	}
	result, err := q.Try(t.Context(), "rds.query", q.input("SELECT id, born, active, score, photo FROM people WHERE name = :name", map[string]any{"parameters": map[string]any{"name": nasty}}))
	if err != nil {
		t.Fatal(err)
	}
	if want := `"rows":[{"active":null,"born":"2026-01-02","id":9007199254740993,"photo":"AAEC","score":2.25}]`; !strings.Contains(string(result.JSON), want) {
		t.Errorf("got %s, want %s in it", result.JSON, want)
	}
	if result.Effect != tool.Read {
		t.Errorf("a SELECT counts as %s", result.Effect)
	}
}

func TestQueryRunsSetsOfParameters(t *testing.T) {
	q := newQueryRig(t)
	sets := []any{map[string]any{"id": 10, "name": "a"}, map[string]any{"id": 11, "name": "b"}}
	got := q.query(t, "INSERT INTO people (id, name) VALUES (:id, :name)", map[string]any{"parameter_sets": sets})
	if diff := cmp.Diff(toolboxtest.Answer{"updated": 0.0, "runs": 2.0}, got); diff != "" {
		t.Error(diff)
	}
	if rows := q.query(t, "SELECT id FROM people WHERE id >= 10", nil)["rows"]; len(rows.([]any)) != 2 {
		t.Errorf("rows: %v", rows)
	}
}

func TestQueryWithoutRowsSaysSo(t *testing.T) {
	q := newQueryRig(t)
	got := q.query(t, "SELECT id FROM people WHERE id > 99", nil)
	if rows, ok := got["rows"].([]any); !ok || len(rows) != 0 {
		t.Errorf("rows = %v, want an empty list", got["rows"])
	}
}

func TestQueryLimit(t *testing.T) {
	q := newQueryRig(t)
	result, err := q.Try(t.Context(), "rds.query", q.input("SELECT id FROM people ORDER BY id", map[string]any{"limit": 1}))
	if err != nil {
		t.Fatal(err)
	}
	if got := toolboxtest.AnswerOf(t, result); got["more"] != true || len(got["rows"].([]any)) != 1 || len(result.Notes) != 1 {
		t.Errorf("%v, notes %v", got, result.Notes)
	}
}

func TestQueryRefuses(t *testing.T) {
	q := newQueryRig(t)
	tests := map[string]struct {
		sql  string
		more map[string]any
		want fault.Kind
	}{
		"a list":              {"SELECT :a", map[string]any{"parameters": map[string]any{"a": []any{1}}}, fault.Invalid},
		"too large a number":  {"SELECT :a", map[string]any{"parameters": map[string]any{"a": jsonNumber("99999999999999999999")}}, fault.Invalid},
		"an unknown type":     {"SELECT :a", map[string]any{"parameters": map[string]any{"a": map[string]any{"value": "1", "type": "MONEY"}}}, fault.Invalid},
		"no base64":           {"SELECT :a", map[string]any{"parameters": map[string]any{"a": map[string]any{"value": "*", "type": "BLOB"}}}, fault.Invalid},
		"both parameters":     {"SELECT :a", map[string]any{"parameters": map[string]any{}, "parameter_sets": []any{}}, fault.Invalid},
		"a missing parameter": {"SELECT :a", nil, fault.Invalid},
		"wrong SQL":           {"SELEC 1", nil, fault.Invalid},
		"another region":      {"SELECT 1", map[string]any{"region": "us-east-1"}, fault.Invalid},
		"no cluster's ARN":    {"SELECT 1", map[string]any{"resource_arn": "arn:aws:s3:::bucket"}, fault.Invalid},
		"an unknown cluster":  {"SELECT 1", map[string]any{"resource_arn": "arn:aws:rds:eu-west-1:111122223333:cluster:none"}, fault.NotFound},
		"no such transaction": {"SELECT 1", map[string]any{"transaction_id": "x"}, fault.NotFound},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := q.Try(t.Context(), "rds.query", q.input(tt.sql, tt.more)); !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
		})
	}
}

// jsonNumber is a number too large for Go's own types.
type jsonNumber string

func (n jsonNumber) MarshalJSON() ([]byte, error) { return []byte(n), nil }

// TestQueryIsRepeatedOnlyWhereItReads: when an answer gets lost, nobody knows
// whether the statement ran.
func TestQueryIsRepeatedOnlyWhereItReads(t *testing.T) {
	for _, effect := range []awssim.Effect{awssim.TruncateBody, awssim.Reset, awssim.Fail503} {
		t.Run(string(effect), func(t *testing.T) {
			q := newQueryRig(t)
			lose := func() {
				toolboxtest.InstallFault(t, q.sim, awssim.Fault{Service: "rds-data", Action: "ExecuteStatement", Effect: effect, Times: 1})
			}
			lose()
			if _, err := q.Try(t.Context(), "rds.query", q.input("SELECT 1", nil)); err != nil {
				t.Errorf("reading: %v", err)
			}
			q.sim.ClearFaults()
			before := q.sim.Count("rds-data:ExecuteStatement")
			lose()
			_, err := q.Try(t.Context(), "rds.query", q.input("UPDATE people SET score = score + 1", nil))
			if calls := q.sim.Count("rds-data:ExecuteStatement") - before; err == nil || calls != 1 {
				t.Errorf("writing: %v after %d calls; want an error after 1", err, calls)
			}
		})
	}
}

// inTwoRegions is a rig whose connection knows two regions.
func inTwoRegions(t *testing.T) (*toolboxtest.Rig, *simtest.Sim) {
	t.Helper()
	sim := simtest.Start(t)
	s := toolboxtest.SimSettings(sim)
	s.Regions = []string{"eu-west-1", "us-east-1"}
	return toolboxtest.New(t, s), sim
}

func TestQueryWaitsForAPausedDatabase(t *testing.T) {
	for engine, sql := range map[string]string{"aurora-mysql": "CREATE TABLE t (a INT)", "aurora-postgresql": "SELECT 2 AS two"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel() // each waits for its database
			r, sim := toolboxtest.OnSim(t, awssim.Options{Scale: 60})
			cluster, err := simrds.AddDBCluster(sim.World, simtest.Account, "us-east-1", &rds.CreateDBClusterInput{
				DBClusterIdentifier: aws.String("lazy"), Engine: &engine, EnableHttpEndpoint: aws.Bool(true),
				MasterUsername: aws.String("ada"), MasterUserPassword: aws.String("correct horse"),
				ServerlessV2ScalingConfiguration: &types.ServerlessV2ScalingConfiguration{MinCapacity: aws.Float64(0), MaxCapacity: aws.Float64(1)},
			})
			if err != nil {
				t.Fatal(err)
			}
			q := &queryRig{Rig: r, sim: sim, cluster: cluster, login: secretsmanager.Put(sim.World, simtest.Account, "us-east-1", "lazy", "{}")}
			q.query(t, "SELECT 1 AS one", nil)
			calls := func() int64 { return sim.Count("rds-data:ExecuteStatement") + sim.Count("rds-data:BeginTransaction") }
			before := calls()
			sim.Clock.Advance(time.Hour)
			if got := q.query(t, sql, nil); got["updated"] != 0.0 {
				t.Errorf("%v", got)
			}
			if engine == "aurora-mysql" && calls()-before != 2 || engine == "aurora-postgresql" && calls()-before != 4 {
				t.Errorf("%d calls; want 2 for MySQL and 4 for PostgreSQL, one of them refused", calls()-before)
			}
		})
	}
}

func TestRDSList(t *testing.T) {
	r, sim := inTwoRegions(t)
	toolboxtest.AddCluster(t, sim, "us-east-1", "shop", "aurora-mysql")
	addInstance(t, sim, "us-east-1", "main", "postgres")
	addInstance(t, sim, "us-east-1", "old", "mysql")
	addInstance(t, sim, "eu-west-1", "far", "postgres")
	tests := map[string]struct {
		input string
		want  []any
	}{
		"all of the region": {`{}`, []any{"main", "old", "shop"}},
		"clusters":          {`{"kind": "cluster"}`, []any{"shop"}},
		"by engine":         {`{"engine": "postgres"}`, []any{"main"}},
		"every region":      {`{"engine": "postgres", "all_regions": true}`, []any{"far", "main"}},
		"elsewhere":         {`{"region": "eu-west-1"}`, []any{"far"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, r.Call(t, "rds.list", tt.input).Column("id")); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := r.Try(t.Context(), "rds.list", `{"kind": "table"}`); !errors.Is(err, fault.Invalid) {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestRDSListPages(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	for i := range 23 {
		addInstance(t, sim, "us-east-1", fmt.Sprintf("db%02d", i), "postgres")
	}
	toolboxtest.AddCluster(t, sim, "us-east-1", "shop", "aurora-postgresql")
	var got []any
	for cursor, more := "", true; more; {
		input := map[string]any{"limit": 7}
		if cursor != "" {
			input["cursor"] = cursor
		}
		page := r.Call(t, "rds.list", input)
		if n := len(page.Column("id")); n > 7 {
			t.Errorf("%d items in a page of 7", n)
		}
		got = append(got, page.Column("id")...)
		cursor, more = page["cursor"].(string)
	}
	if len(got) != 24 || got[0] != "db00" || got[22] != "db22" || got[23] != "shop" {
		t.Errorf("%d items: %v", len(got), got)
	}
}

func TestRDSListTellsUnreadRegions(t *testing.T) {
	r, sim := inTwoRegions(t)
	addInstance(t, sim, "us-east-1", "main", "postgres")
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "rds", Action: "DescribeDB*", Region: "eu-west-1", Effect: awssim.DenyAccess})
	result, err := r.Try(t.Context(), "rds.list", `{"all_regions": true}`)
	if !errors.Is(err, fault.Partial) || len(result.Failures) != 1 || result.Failures[0].Region != "eu-west-1" {
		t.Fatalf("%v, %+v", err, result)
	}
	if diff := cmp.Diff([]any{"main"}, toolboxtest.AnswerOf(t, result).Column("id")); diff != "" {
		t.Error(diff)
	}
}
