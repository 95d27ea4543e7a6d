package rds

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata/types"
)

// dataResult is what a statement gave.
type dataResult struct {
	columns []dataColumn
	rows    [][]any
	updated int64
	lastID  int64
}

// dataColumn is a column's name and the type it was declared with, which an
// expression has not.
type dataColumn struct {
	name, declared string
	precision      int32
}

func readRows(rows *sql.Rows) (*dataResult, error) {
	columns, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	result := &dataResult{}
	for _, col := range columns {
		result.columns = append(result.columns, columnOf(col))
	}
	size := 0
	for rows.Next() {
		row, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			targets[i] = &row[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		for _, v := range row {
			size += len(fmt.Sprint(v))
		}
		if size > maxResult {
			return nil, errTooLarge
		}
		result.rows = append(result.rows, row)
	}
	return result, rows.Err()
}

// columnOf splits a declaration such as VARCHAR(20).
func columnOf(col *sql.ColumnType) dataColumn {
	declared, length, _ := strings.Cut(strings.ToLower(col.DatabaseTypeName()), "(")
	digits, _, _ := strings.Cut(strings.TrimSuffix(length, ")"), ",")
	precision, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		precision = 0
	}
	return dataColumn{name: col.Name(), declared: strings.TrimSpace(declared), precision: int32(precision)}
}

// output gives the result as the caller wants it.
func (r *dataResult) output(in *rdsdata.ExecuteStatementInput, mysql bool) (*rdsdata.ExecuteStatementOutput, error) {
	out := &rdsdata.ExecuteStatementOutput{NumberOfRecordsUpdated: r.updated}
	if len(r.columns) == 0 {
		out.GeneratedFields = r.generated(mysql)
		return out, nil
	}
	options := types.ResultSetOptions{}
	if in.ResultSetOptions != nil {
		options = *in.ResultSetOptions
	}
	if in.IncludeResultMetadata {
		out.ColumnMetadata = r.metadata(mysql)
	}
	if in.FormatRecordsAs == types.RecordsFormatTypeJson {
		text, err := r.json()
		out.FormattedRecords = &text
		return out, err
	}
	out.Records = [][]types.Field{}
	for _, row := range r.rows {
		fields := make([]types.Field, len(row))
		for i, v := range row {
			fields[i] = r.columns[i].field(v, options)
		}
		out.Records = append(out.Records, fields)
	}
	return out, nil
}

// generated is the id that MySQL gave an inserted row; PostgreSQL tells none,
// as its clients use RETURNING.
func (r *dataResult) generated(mysql bool) []types.Field {
	if !mysql || r.lastID == 0 {
		return []types.Field{}
	}
	return []types.Field{&types.FieldMemberLongValue{Value: r.lastID}}
}

// field gives one value as a Field.
func (c dataColumn) field(v any, options types.ResultSetOptions) types.Field {
	v = c.value(v)
	exact := c.declared == "numeric" || c.declared == "decimal"
	switch v := v.(type) {
	case nil:
		return &types.FieldMemberIsNull{Value: true}
	case bool:
		return &types.FieldMemberBooleanValue{Value: v}
	case []byte:
		return &types.FieldMemberBlobValue{Value: v}
	case int64:
		if options.LongReturnType == types.LongReturnTypeString || exact && options.DecimalReturnType != types.DecimalReturnTypeDoubleOrLong {
			return &types.FieldMemberStringValue{Value: strconv.FormatInt(v, 10)}
		}
		return &types.FieldMemberLongValue{Value: v}
	case float64:
		if exact && options.DecimalReturnType != types.DecimalReturnTypeDoubleOrLong {
			return &types.FieldMemberStringValue{Value: strconv.FormatFloat(v, 'f', -1, 64)}
		}
		return &types.FieldMemberDoubleValue{Value: v}
	}
	return &types.FieldMemberStringValue{Value: fmt.Sprint(v)}
}

// value gives a value in the form of its column: SQLite keeps truth values as
// numbers, and its driver reads dates as times.
func (c dataColumn) value(v any) any {
	switch v := v.(type) {
	case int64:
		if c.declared == "boolean" || c.declared == "bool" {
			return v != 0
		}
	case time.Time:
		if c.declared == "date" {
			return v.Format(time.DateOnly)
		}
		return v.Format("2006-01-02 15:04:05.999999")
	}
	return v
}

// json gives the rows as formatRecordsAs=JSON does: an array of objects with
// the columns in their order, blobs as base64.
func (r *dataResult) json() (string, error) {
	objects := make([]string, len(r.rows))
	for i, row := range r.rows {
		members := make([]string, len(row))
		for j, v := range row {
			name, err := json.Marshal(r.columns[j].name)
			if err != nil {
				return "", err
			}
			value, err := json.Marshal(r.columns[j].value(v))
			if err != nil {
				return "", err
			}
			members[j] = string(name) + ":" + string(value)
		}
		objects[i] = "{" + strings.Join(members, ",") + "}"
	}
	return "[" + strings.Join(objects, ",") + "]", nil
}

// sqlType is a column type as the two engines' drivers name it, and its number
// in java.sql.Types.
type sqlType struct {
	postgres, mysql string
	number          int32
	signed          bool
}

func sqlTypes() map[string]sqlType {
	integer, long, short := sqlType{"int4", "INT", 4, true}, sqlType{"int8", "BIGINT", -5, true}, sqlType{"int2", "SMALLINT", 5, true}
	text, double := sqlType{"text", "TEXT", 12, false}, sqlType{"float8", "DOUBLE", 8, true}
	exact, blob := sqlType{"numeric", "DECIMAL", 2, true}, sqlType{"bytea", "BLOB", -2, false}
	return map[string]sqlType{
		"integer": integer, "int": integer, "int4": integer, "serial": integer, "mediumint": integer,
		"bigint": long, "int8": long, "bigserial": long, "smallint": short, "int2": short, "tinyint": {"int2", "TINYINT", -6, true},
		"real": {"float4", "FLOAT", 7, true}, "double": double, "double precision": double, "float": double, "float8": double,
		"numeric": exact, "decimal": exact, "boolean": {"bool", "BIT", -7, false}, "bool": {"bool", "BIT", -7, false},
		"text": text, "clob": text, "varchar": {"varchar", "VARCHAR", 12, false}, "character varying": {"varchar", "VARCHAR", 12, false},
		"char": {"bpchar", "CHAR", 1, false}, "character": {"bpchar", "CHAR", 1, false}, "blob": blob, "bytea": blob,
		"date": {"date", "DATE", 91, false}, "time": {"time", "TIME", 92, false}, "timestamp": {"timestamp", "TIMESTAMP", 93, false},
		"datetime": {"timestamp", "DATETIME", 93, false}, "timestamptz": {"timestamptz", "TIMESTAMP", 93, false},
		"json": {"json", "JSON", 1111, false}, "jsonb": {"jsonb", "JSON", 1111, false}, "uuid": {"uuid", "CHAR", 1111, false},
	}
}

// typeOf gives a column's type; an expression has that of its first value
// that is not null.
func (r *dataResult) typeOf(i int) sqlType {
	known := sqlTypes()
	if t, ok := known[r.columns[i].declared]; ok {
		return t
	}
	for _, row := range r.rows {
		switch row[i].(type) {
		case int64:
			return known["bigint"]
		case float64:
			return known["double"]
		case []byte:
			return known["blob"]
		case string, time.Time:
			return known["text"]
		}
	}
	return known["text"]
}

func (r *dataResult) metadata(mysql bool) []types.ColumnMetadata {
	out := []types.ColumnMetadata{}
	for i, col := range r.columns {
		t := r.typeOf(i)
		name := t.postgres
		if mysql {
			name = t.mysql
		}
		out = append(out, types.ColumnMetadata{
			Name: aws.String(col.name), Label: aws.String(col.name), TypeName: &name, Type: t.number,
			Precision: col.precision, Nullable: 1, IsSigned: t.signed, IsCaseSensitive: t.number == 12,
			SchemaName: aws.String(""), TableName: aws.String(""),
		})
	}
	return out
}
