package rds

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type queryInput struct {
	tool.Target
	ResourceARN   string                       `json:"resource_arn" jsonschema:"the cluster's ARN" format:"arn" complete:"rds.arn"`
	SecretARN     string                       `json:"secret_arn" jsonschema:"the ARN of the Secrets Manager secret with the database user's name and password" format:"arn" complete:"secretsmanager.secret"`
	SQL           string                       `json:"sql" jsonschema:"one statement; :name stands for the parameter of that name" holds:"content"`
	Database      string                       `json:"database,omitempty" jsonschema:"the database; default: the cluster's own"`
	Parameters    map[string]json.RawMessage   `json:"parameters,omitempty" jsonschema:"values by name: null, true, 7, 1.5, text, or typed as {\"value\": \"2026-01-02\", \"type\": \"DATE\"} with DATE, TIME, TIMESTAMP, DECIMAL, UUID, JSON or BLOB (base64)" audit:"digest"`
	ParameterSets []map[string]json.RawMessage `json:"parameter_sets,omitempty" jsonschema:"run the statement once with each of these sets of parameters" audit:"digest" xor:"parameters,limit"`
	TransactionID string                       `json:"transaction_id,omitempty" jsonschema:"run within this open transaction of the Data API"`
	Limit         int                          `json:"limit,omitempty" jsonschema:"the most rows to return; default: all that the Data API gives, which is 1 MiB" min:"1"`
}

// Effect is less than the tool's for a statement that provably only reads or
// adds. What needs a read-only transaction does not get it from the caller's own.
func (in queryInput) Effect() tool.Effect {
	effect := sqlEffect(in.SQL)
	if effect == tool.Read && in.TransactionID != "" && needsTransaction(in.SQL) {
		return tool.Destroy
	}
	return effect
}

// Aim is where the cluster's ARN says.
func (in queryInput) Aim() tool.Target { return kit.Aimed(in.Target, in.ResourceARN) }

// Subject names statement and cluster.
func (in queryInput) Subject() string { return fmt.Sprintf("%s: %s", in.ResourceARN, in.SQL) }

// Recorded keeps the statement without its literals, or only its digest where it
// is uncertain what they are.
func (in queryInput) Recorded() map[string]any {
	if kept, sure := recordedSQL(in.SQL); sure {
		return map[string]any{"sql": kept}
	}
	return map[string]any{"sql": nil}
}

// Validate reads all parameters, and refuses ARNs of other things.
func (in queryInput) Validate() error {
	if parsed, ok := arn.Parse(in.ResourceARN); !ok || parsed.Service != "rds" || parsed.Region == "" || parsed.Account == "" {
		return fault.New(fault.Invalid, "%q is not a database cluster's ARN", in.ResourceARN).At("resource_arn").
			WithFix("give arn:PARTITION:rds:REGION:ACCOUNT:cluster:NAME; hawser rds list cluster shows it")
	}
	if parsed, ok := arn.Parse(in.SecretARN); !ok || parsed.Service != "secretsmanager" {
		return fault.New(fault.Invalid, "%q is not a secret's ARN", in.SecretARN).At("secret_arn").
			WithFix("give arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME")
	}
	_, _, err := in.parameters()
	return err
}

// parameters gives the parameters of one run, or the sets of several.
func (in queryInput) parameters() (one []types.SqlParameter, sets [][]types.SqlParameter, err error) {
	if one, err = sqlParameters("parameters", in.Parameters); err != nil {
		return nil, nil, err
	}
	for i, values := range in.ParameterSets {
		set, err := sqlParameters(fmt.Sprintf("parameter_sets[%d]", i), values)
		if err != nil {
			return nil, nil, err
		}
		sets = append(sets, set)
	}
	return one, sets, nil
}

func (b *box) queryTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name: "rds.query", Items: "rows",
		Summary: "Run a SQL statement on an Aurora cluster by its Data API",
		Description: "Parameters are bound, never put into the text. The call counts as a read if the statement is proved to " +
			"only read: one SELECT, VALUES, TABLE or SHOW, also after WITH or EXPLAIN, that locks no rows and calls only " +
			"built-in functions known to change nothing. Such a statement is sent again if its answer was lost, and runs " +
			"in a read-only transaction if the database offers one; read_only in the answer says so. Dotted names, names in " +
			"backticks, and operators and types that are not built in run only in such a transaction or in MySQL. The call counts as a " +
			"write if the statement is one plain INSERT of values or one plain CREATE of a table, an index, a schema, a " +
			"database or a sequence. Every other statement counts as destroying.",
		Effect: tool.Destroy, Args: []string{"resource_arn", "secret_arn", "sql"},
		Needs: []tool.Need{
			{Action: "rds-data:BeginTransaction", Resource: "{resource_arn}", When: tool.Condition{Absent: []string{"transaction_id"}, Besides: "the statement only reads"}, Without: "no read-only transaction is begun"},
			{Action: "rds-data:RollbackTransaction", Resource: "{resource_arn}", When: tool.Condition{Absent: []string{"transaction_id"}, Besides: "a read-only transaction was begun"}},
			{Action: "rds-data:ExecuteStatement", Resource: "{resource_arn}", When: tool.Condition{Absent: []string{"parameter_sets"}}},
			{Action: "rds-data:BatchExecuteStatement", Resource: "{resource_arn}", When: tool.Condition{Given: []string{"parameter_sets"}}},
			{Action: "secretsmanager:GetSecretValue", Resource: "{secret_arn}"},
		},
		Examples: []tool.Example{
			{Does: "read with a bound parameter", Input: `{"resource_arn": "arn:aws:rds:us-east-1:123456789012:cluster:shop", "secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf", "sql": "SELECT id, name FROM customers WHERE name = :name", "parameters": {"name": "O'Brien"}}`},
			{Does: "insert several rows", Input: `{"resource_arn": "arn:aws:rds:us-east-1:123456789012:cluster:shop", "secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf", "sql": "INSERT INTO days (day, open) VALUES (:day, :open)", "parameter_sets": [{"day": {"value": "2026-01-02", "type": "DATE"}, "open": true}, {"day": {"value": "2026-01-03", "type": "DATE"}, "open": false}]}`},
		},
	}, b.runQuery), func(_ context.Context, _ *tool.Call, in queryInput) tool.Preview { return in.question() })
}

func (b *box) runQuery(ctx context.Context, _ *tool.Call, in queryInput) (queryOutput, error) {
	session, err := b.Session(ctx, in.Target, in.ResourceARN)
	if err != nil {
		return queryOutput{}, err
	}
	one, sets, err := in.parameters()
	if err != nil {
		return queryOutput{}, err
	}
	do := func(ctx context.Context, client *rdsdata.Client, transaction string) (queryOutput, error) {
		in.TransactionID = transaction
		if in.ParameterSets != nil {
			return in.batch(ctx, client, sets)
		}
		return in.run(ctx, client, one)
	}
	client := awsapi.Client(session, rdsdata.NewFromConfig)
	var answer queryOutput
	err = awake(ctx, func() (err error) {
		if in.Effect() == tool.Read {
			answer, err = b.runReadOnly(pace.ReadOnly(ctx), client, in, session, do)
		} else {
			answer, err = do(ctx, client, in.TransactionID)
		}
		return err
	})
	return answer, dataAPIFault(err)
}

// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html
func (in queryInput) run(ctx context.Context, client *rdsdata.Client, params []types.SqlParameter) (queryOutput, error) {
	out, err := client.ExecuteStatement(ctx, &rdsdata.ExecuteStatementInput{
		ResourceArn: &in.ResourceARN, SecretArn: &in.SecretARN, Sql: &in.SQL, Parameters: params, IncludeResultMetadata: true,
		Database: kit.Optional(in.Database), TransactionId: kit.Optional(in.TransactionID),
	})
	if err != nil {
		return queryOutput{}, err
	}
	return answerOfRows(out, in.Limit), nil
}

// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_BatchExecuteStatement.html
func (in queryInput) batch(ctx context.Context, client *rdsdata.Client, sets [][]types.SqlParameter) (queryOutput, error) {
	out, err := client.BatchExecuteStatement(ctx, &rdsdata.BatchExecuteStatementInput{
		ResourceArn: &in.ResourceARN, SecretArn: &in.SecretARN, Sql: &in.SQL, ParameterSets: sets,
		Database: kit.Optional(in.Database), TransactionId: kit.Optional(in.TransactionID),
	})
	if err != nil {
		return queryOutput{}, err
	}
	answer := queryOutput{Runs: len(out.UpdateResults)}
	for _, r := range out.UpdateResults {
		answer.Generated = append(answer.Generated, plainValues(r.GeneratedFields)...)
	}
	return answer, nil
}

// How long a paused database is waited for, and how often it is asked.
const (
	wakeTime = time.Minute
	wakePace = 2 * time.Second
)

// awake repeats a call while the database wakes from its pause: the Data API
// then says so and runs nothing.
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
func awake(ctx context.Context, call func() error) error {
	for deadline := time.Now().Add(wakeTime); ; {
		err := call()
		var resuming *types.DatabaseResumingException
		if !errors.As(err, &resuming) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wakePace):
		}
	}
}

// queryOutput is what a statement gave.
type queryOutput struct {
	Columns   []column         `json:"columns,omitempty" jsonschema:"the columns of the rows, in the statement's order"`
	Rows      []map[string]any `json:"rows,omitzero" jsonschema:"each row's values by column name; binary ones are base64, NaN and infinities are text"`
	Updated   int64            `json:"updated" jsonschema:"how many rows were changed"`
	Runs      int              `json:"runs,omitempty" jsonschema:"how many sets of parameters were run"`
	Generated []any            `json:"generated,omitempty" jsonschema:"the ids that the database gave new rows, where it tells them"`
	More      bool             `json:"more,omitempty" jsonschema:"rows beyond limit were left out"`
	ReadOnly  string           `json:"read_only,omitempty" jsonschema:"what kept the call from writing: transaction, a read-only transaction of the database; statement, the statement itself, which is proved to only read; absent if neither did"`
}

// column is one column of a result.
type column struct {
	Name string `json:"name" jsonschema:"its name; a name that came before gets a number"`
	Type string `json:"type" jsonschema:"its type in the database's own words"`
}

// Grid is the rows as a table.
func (a queryOutput) Grid() (titles []string, cells [][]string) {
	switch {
	case a.Columns != nil:
		for _, c := range a.Columns {
			titles = append(titles, c.Name)
		}
	case a.Runs > 0:
		return []string{"RUNS"}, [][]string{{fmt.Sprint(a.Runs)}}
	default:
		return []string{"UPDATED"}, [][]string{{fmt.Sprint(a.Updated)}}
	}
	for _, row := range a.Rows {
		line := make([]string, len(titles))
		for i, name := range titles {
			line[i] = sqlText(row[name])
		}
		cells = append(cells, line)
	}
	return titles, cells
}

// sqlText is a value as a table shows it; null is empty there.
func sqlText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// Remarks says that rows were left out.
func (a queryOutput) Remarks() []string {
	if !a.More {
		return nil
	}
	return []string{"there are rows beyond the limit: raise limit, or page in SQL with LIMIT and OFFSET"}
}

// Cut implements tool.Cutter: it keeps the first rows whose JSON fits.
func (a queryOutput) Cut(limit int) (any, string) {
	rows := a.Rows
	a.Rows = nil
	base, err := json.Marshal(a)
	if err != nil {
		return a, ""
	}
	room := limit - len(base) - len(`,"more":true,"rows":[]`)
	for i, row := range rows {
		raw, err := json.Marshal(row)
		if room -= len(raw) + 1; err != nil || room < 0 {
			a.Rows, a.More = rows[:i], true
			return a, fmt.Sprintf("%d of %d rows are given: name fewer columns, or page in SQL with LIMIT and OFFSET", i, len(rows))
		}
	}
	a.Rows = rows
	return a, ""
}

// uniqueName gives a column's name a number where it came before.
func uniqueName(name string, taken map[string]bool) string {
	unique := name
	for n := 2; taken[unique]; n++ {
		unique = fmt.Sprintf("%s_%d", strings.TrimSpace(name), n)
	}
	taken[unique] = true
	return unique
}
