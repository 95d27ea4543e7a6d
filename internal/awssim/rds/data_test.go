package rds_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hawser/hawser/internal/awssim"
	simrds "github.com/hawser/hawser/internal/awssim/rds"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// shop is a cluster with a database, and a client that runs statements on it.
type shop struct {
	*simtest.Sim
	t              *testing.T
	client         *rdsdata.Client
	cluster, login string
}

func openShop(t *testing.T, engine string, opts ...awssim.Options) *shop {
	t.Helper()
	sim := simtest.Start(t, opts...)
	in := aurora("shop")
	in.Engine = &engine
	arn, err := simrds.AddDBCluster(sim.World, simtest.Account, "us-east-1", in)
	if err != nil {
		t.Fatal(err)
	}
	err = simrds.SeedDatabase(sim.World, arn, "shop",
		`CREATE TABLE goods (id INTEGER PRIMARY KEY, name VARCHAR(40) UNIQUE NOT NULL, price NUMERIC(10,2), sold BOOLEAN, at TIMESTAMP, day DATE, raw BLOB, weight DOUBLE PRECISION)`,
		`INSERT INTO goods VALUES (1, 'rope', 12.5, true, '2026-01-02 03:04:05', '2026-01-02', x'00ff', 1.25), (2, 'anchor', 99, false, NULL, NULL, NULL, NULL)`)
	if err != nil {
		t.Fatal(err)
	}
	return &shop{sim, t, rdsdata.NewFromConfig(sim.Config()), arn, secretsmanager.Put(sim.World, simtest.Account, "us-east-1", "shop", `{"username":"ada","password":"x"}`)}
}

func (s *shop) run(in rdsdata.ExecuteStatementInput) (*rdsdata.ExecuteStatementOutput, error) {
	in.ResourceArn, in.SecretArn = &s.cluster, &s.login
	return s.client.ExecuteStatement(s.t.Context(), &in)
}

func (s *shop) query(sql string, params ...types.SqlParameter) [][]types.Field {
	s.t.Helper()
	out, err := s.run(rdsdata.ExecuteStatementInput{Sql: &sql, Parameters: params})
	if err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	return out.Records
}

func text(name, value string) types.SqlParameter {
	return types.SqlParameter{Name: &name, Value: &types.FieldMemberStringValue{Value: value}}
}

var fields = cmpopts.IgnoreUnexported(types.FieldMemberIsNull{}, types.FieldMemberLongValue{}, types.FieldMemberStringValue{},
	types.FieldMemberBooleanValue{}, types.FieldMemberBlobValue{}, types.FieldMemberDoubleValue{}, types.ColumnMetadata{}, types.UpdateResult{})

func TestExecuteStatementTypes(t *testing.T) {
	s := openShop(t, "aurora-postgresql")
	null := &types.FieldMemberIsNull{Value: true}
	want := [][]types.Field{
		{
			&types.FieldMemberLongValue{Value: 1}, &types.FieldMemberStringValue{Value: "rope"}, &types.FieldMemberStringValue{Value: "12.5"},
			&types.FieldMemberBooleanValue{Value: true}, &types.FieldMemberStringValue{Value: "2026-01-02 03:04:05"},
			&types.FieldMemberStringValue{Value: "2026-01-02"}, &types.FieldMemberBlobValue{Value: []byte{0, 255}}, &types.FieldMemberDoubleValue{Value: 1.25},
		},
		{
			&types.FieldMemberLongValue{Value: 2}, &types.FieldMemberStringValue{Value: "anchor"}, &types.FieldMemberStringValue{Value: "99"},
			&types.FieldMemberBooleanValue{Value: false}, null, null, null, null,
		},
	}
	if diff := cmp.Diff(want, s.query("SELECT * FROM goods ORDER BY id"), fields); diff != "" {
		t.Error(diff)
	}
	out, err := s.run(rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT id, name, 1+1 AS two FROM goods"), IncludeResultMetadata: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, col := range out.ColumnMetadata {
		names = append(names, *col.Name+" "+*col.TypeName)
	}
	if diff := cmp.Diff([]string{"id int4", "name varchar", "two int8"}, names); diff != "" {
		t.Error(diff)
	}
	out, err = s.run(rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT id, name, raw FROM goods WHERE id = 1"), FormatRecordsAs: types.RecordsFormatTypeJson})
	if err != nil || out.Records != nil || aws.ToString(out.FormattedRecords) != `[{"id":1,"name":"rope","raw":"AP8="}]` {
		t.Errorf("as JSON: %v %s, %v", out.Records, aws.ToString(out.FormattedRecords), err)
	}
}

func TestParametersAreBound(t *testing.T) {
	s := openShop(t, "aurora-postgresql")
	nasty := `'; DROP TABLE goods; -- "`
	s.query("INSERT INTO goods (id, name, day) VALUES (3, :name, :day::date)", text("name", nasty),
		types.SqlParameter{Name: aws.String("day"), Value: &types.FieldMemberStringValue{Value: "2026-03-04"}, TypeHint: types.TypeHintDate})
	got := s.query("SELECT id FROM goods WHERE name = :name AND day = '2026-03-04'", text("name", nasty))
	if diff := cmp.Diff([][]types.Field{{&types.FieldMemberLongValue{Value: 3}}}, got, fields); diff != "" {
		t.Error(diff)
	}
}

func TestDataAPIRefuses(t *testing.T) {
	s := openShop(t, "aurora-postgresql")
	tests := map[string]struct {
		in         rdsdata.ExecuteStatementInput
		code, text string
	}{
		"missing parameter":   {rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT :a")}, "BadRequestException", "Cannot find parameter: a"},
		"two statements":      {rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT 1; SELECT 2")}, "BadRequestException", "Multistatements"},
		"no such table":       {rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT * FROM nope")}, "DatabaseErrorException", "SQLState: 42P01"},
		"duplicate":           {rdsdata.ExecuteStatementInput{Sql: aws.String("INSERT INTO goods (id, name) VALUES (9, 'rope')")}, "DatabaseErrorException", "SQLState: 23505"},
		"no such database":    {rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT 1"), Database: aws.String("none")}, "DatabaseErrorException", `database "none" does not exist`},
		"a file":              {rdsdata.ExecuteStatementInput{Sql: aws.String("ATTACH DATABASE '/tmp/x' AS x")}, "DatabaseErrorException", "ATTACH"},
		"unknown transaction": {rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT 1"), TransactionId: aws.String("x")}, "TransactionNotFoundException", "Transaction x is not found"},
		"array": {rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT :a"), Parameters: []types.SqlParameter{
			{Name: aws.String("a"), Value: &types.FieldMemberArrayValue{Value: &types.ArrayValueMemberStringValues{Value: []*string{aws.String("x")}}}},
		}}, "BadRequestException", "Array parameters"},
		"bad hint": {rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT :a"), Parameters: []types.SqlParameter{
			{Name: aws.String("a"), TypeHint: types.TypeHintUuid, Value: &types.FieldMemberStringValue{Value: "x"}},
		}}, "BadRequestException", "not of type UUID"},
		"too much": {rdsdata.ExecuteStatementInput{Sql: aws.String("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 40000) SELECT i, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' FROM n")}, "BadRequestException", "response size limit"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := s.run(tt.in)
			simtest.WantCode(t, err, tt.code, tt.text)
		})
	}
	in := rdsdata.ExecuteStatementInput{ResourceArn: &s.cluster, SecretArn: aws.String("arn:aws:secretsmanager:us-east-1:111122223333:secret:none-abcdef"), Sql: aws.String("SELECT 1")}
	_, err := s.client.ExecuteStatement(t.Context(), &in)
	simtest.WantCode(t, err, "SecretsErrorException", "not found")
	in.ResourceArn, in.SecretArn = aws.String(s.cluster+"x"), &s.login
	_, err = s.client.ExecuteStatement(t.Context(), &in)
	simtest.WantCode(t, err, "DatabaseNotFoundException", "not found")
	if _, err := rds.NewFromConfig(s.Config()).DisableHttpEndpoint(t.Context(), &rds.DisableHttpEndpointInput{ResourceArn: &s.cluster}); err != nil {
		t.Fatal(err)
	}
	_, err = s.run(rdsdata.ExecuteStatementInput{Sql: aws.String("SELECT 1")})
	simtest.WantCode(t, err, "HttpEndpointNotEnabledException", "not enabled")
}

func TestStatementTimeout(t *testing.T) {
	s := openShop(t, "aurora-postgresql", awssim.Options{Scale: 300})
	_, err := s.run(rdsdata.ExecuteStatementInput{Sql: aws.String("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n")})
	simtest.WantCode(t, err, "StatementTimeoutException", "timed out")
}

func TestTransactions(t *testing.T) {
	s := openShop(t, "aurora-postgresql")
	ctx := t.Context()
	begin := func() string {
		out, err := s.client.BeginTransaction(ctx, &rdsdata.BeginTransactionInput{ResourceArn: &s.cluster, SecretArn: &s.login})
		if err != nil {
			t.Fatal(err)
		}
		return *out.TransactionId
	}
	count := func() int64 {
		return s.query("SELECT count(*) FROM goods")[0][0].(*types.FieldMemberLongValue).Value
	}
	add := func(tx string, id int64) {
		t.Helper()
		out, err := s.run(rdsdata.ExecuteStatementInput{
			Sql: aws.String("INSERT INTO goods (id, name) VALUES (:id, 'x' || :id)"), TransactionId: &tx,
			Parameters: []types.SqlParameter{{Name: aws.String("id"), Value: &types.FieldMemberLongValue{Value: id}}},
		})
		if err != nil || out.NumberOfRecordsUpdated != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
	}
	first := begin()
	add(first, 10)
	before := count() // read beside the open transaction
	if _, err := s.client.CommitTransaction(ctx, &rdsdata.CommitTransactionInput{ResourceArn: &s.cluster, SecretArn: &s.login, TransactionId: &first}); err != nil {
		t.Fatal(err)
	}
	second := begin()
	add(second, 11)
	if _, err := s.client.RollbackTransaction(ctx, &rdsdata.RollbackTransactionInput{ResourceArn: &s.cluster, SecretArn: &s.login, TransactionId: &second}); err != nil {
		t.Fatal(err)
	}
	third := begin()
	add(third, 12)
	s.Clock.Advance(4 * time.Minute) // a transaction rests three minutes at most
	_, err := s.client.CommitTransaction(ctx, &rdsdata.CommitTransactionInput{ResourceArn: &s.cluster, SecretArn: &s.login, TransactionId: &third})
	simtest.WantCode(t, err, "TransactionNotFoundException", "is not found")
	if after := count(); before != 2 || after != 3 {
		t.Errorf("%d rows beside the transaction, %d in the end; want 2 and 3", before, after)
	}
}

// TestReadOnlyTransaction: PostgreSQL lets an open transaction become
// read-only, MySQL does not.
func TestReadOnlyTransaction(t *testing.T) {
	const add = "INSERT INTO goods (id, name) VALUES (50, 'x')"
	for _, engine := range []string{"aurora-postgresql", "aurora-mysql"} {
		t.Run(engine, func(t *testing.T) {
			s := openShop(t, engine)
			begun, err := s.client.BeginTransaction(t.Context(), &rdsdata.BeginTransactionInput{ResourceArn: &s.cluster, SecretArn: &s.login})
			if err != nil {
				t.Fatal(err)
			}
			within := func(sql string) error {
				_, err := s.run(rdsdata.ExecuteStatementInput{Sql: &sql, TransactionId: begun.TransactionId})
				return err
			}
			set := within("set transaction READ ONLY")
			if engine == "aurora-mysql" {
				simtest.WantCode(t, set, "DatabaseErrorException", "1568")
				return
			}
			if err := errors.Join(set, within("SELECT * FROM goods")); err != nil {
				t.Fatal(err)
			}
			simtest.WantCode(t, within(add), "DatabaseErrorException", "cannot execute INSERT in a read-only transaction; SQLState: 25006")
			simtest.WantCode(t, within("SET TRANSACTION READ WRITE"), "DatabaseErrorException", "SQLState: 25001")
			_, err = s.client.BatchExecuteStatement(t.Context(), &rdsdata.BatchExecuteStatementInput{
				ResourceArn: &s.cluster, SecretArn: &s.login, TransactionId: begun.TransactionId, Sql: aws.String(add), ParameterSets: [][]types.SqlParameter{{}},
			})
			simtest.WantCode(t, err, "DatabaseErrorException", "25006")
			if _, err := s.client.RollbackTransaction(t.Context(), &rdsdata.RollbackTransactionInput{
				ResourceArn: &s.cluster, SecretArn: &s.login, TransactionId: begun.TransactionId,
			}); err != nil {
				t.Fatal(err)
			}
			s.query(add) // on whatever connection
		})
	}
}

func TestBatchExecuteStatement(t *testing.T) {
	s := openShop(t, "aurora-mysql")
	run := func(ids ...int64) (*rdsdata.BatchExecuteStatementOutput, error) {
		in := &rdsdata.BatchExecuteStatementInput{
			ResourceArn: &s.cluster, SecretArn: &s.login, Sql: aws.String("INSERT INTO goods (id, name) VALUES (:id, 'n' || :id)"),
		}
		for _, id := range ids {
			in.ParameterSets = append(in.ParameterSets, []types.SqlParameter{{Name: aws.String("id"), Value: &types.FieldMemberLongValue{Value: id}}})
		}
		return s.client.BatchExecuteStatement(t.Context(), in)
	}
	out, err := run(20, 21)
	if err != nil {
		t.Fatal(err)
	}
	want := []types.UpdateResult{
		{GeneratedFields: []types.Field{&types.FieldMemberLongValue{Value: 20}}}, {GeneratedFields: []types.Field{&types.FieldMemberLongValue{Value: 21}}},
	}
	if diff := cmp.Diff(want, out.UpdateResults, fields); diff != "" {
		t.Error(diff)
	}
	_, err = run(22, 20)
	simtest.WantCode(t, err, "DatabaseErrorException", "23505")
	if got := s.query("SELECT count(*) FROM goods WHERE id >= 20")[0][0].(*types.FieldMemberLongValue).Value; got != 2 {
		t.Errorf("%d rows after a batch that failed half way; want 2", got)
	}
}

func TestDataAPINeedsClusterAndSecret(t *testing.T) {
	s := openShop(t, "aurora-postgresql")
	user := s.Account.AddUser("app")
	if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rds-data:*","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	client := rdsdata.NewFromConfig(s.ConfigFor(user.NewKey()))
	_, err := client.ExecuteStatement(t.Context(), &rdsdata.ExecuteStatementInput{ResourceArn: &s.cluster, SecretArn: &s.login, Sql: aws.String("SELECT 1")})
	simtest.WantCode(t, err, "AccessDeniedException", "secretsmanager:GetSecretValue on resource: "+s.login)
}
