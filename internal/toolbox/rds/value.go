package rds

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// dataAPIFault adds what the Data API's BadRequestException may mean, as its code
// is the same for all of it.
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html
func dataAPIFault(err error) error {
	var bad *types.BadRequestException
	if !errors.As(err, &bad) {
		return err
	}
	f := *awserr.Fault(err)
	return f.WithCause("the Data API rejects the request, or the result exceeds its limits: 1 MiB in all and 64 KiB a row").
		WithFix("correct the statement and its parameters; for a result that is too large select fewer columns and rows, or page with LIMIT and OFFSET")
}

// sqlParameters turns JSON values into the Data API's parameters, in the order
// of their names. The error is Invalid and names the parameter.
func sqlParameters(path string, values map[string]json.RawMessage) ([]types.SqlParameter, error) {
	var params []types.SqlParameter
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p, err := sqlParameter(values[name])
		if err != nil {
			return nil, fault.From(err).At(path + "." + name)
		}
		p.Name = aws.String(strings.TrimPrefix(name, ":"))
		params = append(params, p)
	}
	return params, nil
}

// sqlParameter reads null, true, 7, 1.5, "text" or {"value": ..., "type": ...}.
func sqlParameter(raw json.RawMessage) (types.SqlParameter, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return types.SqlParameter{}, fault.Wrap(err, fault.Invalid, "the value is not valid JSON")
	}
	switch v := v.(type) {
	case nil:
		return types.SqlParameter{Value: &types.FieldMemberIsNull{Value: true}}, nil
	case bool:
		return types.SqlParameter{Value: &types.FieldMemberBooleanValue{Value: v}}, nil
	case string:
		return types.SqlParameter{Value: &types.FieldMemberStringValue{Value: v}}, nil
	case json.Number:
		return sqlNumberParameter(v)
	case map[string]any:
		return typedParameter(v)
	}
	return types.SqlParameter{}, fault.New(fault.Invalid, "a parameter cannot be a list").
		WithCause("the Data API binds single values only").
		WithFix(`pass the list as JSON text, {"value": "[1,2]", "type": "JSON"}, and unpack it in SQL`)
}

// sqlNumberParameter keeps numbers as they are. One that would be rounded is refused.
func sqlNumberParameter(n json.Number) (types.SqlParameter, error) {
	text := n.String()
	if i, err := n.Int64(); err == nil {
		return types.SqlParameter{Value: &types.FieldMemberLongValue{Value: i}}, nil
	}
	f, err := n.Float64()
	if err != nil || !strings.ContainsAny(text, ".eE") || !sameNumber(text, strconv.FormatFloat(f, 'e', -1, 64)) {
		return types.SqlParameter{}, fault.New(fault.Invalid, "the number does not fit in 64 bits").
			WithFix(`give it as text: {"value": "123...", "type": "DECIMAL"}`)
	}
	return types.SqlParameter{Value: &types.FieldMemberDoubleValue{Value: f}}, nil
}

// sameNumber reports whether two decimal numbers of JSON's form have the same value.
func sameNumber(a, b string) bool {
	digitsA, exponentA, okA := scientific(a)
	digitsB, exponentB, okB := scientific(b)
	return okA && okB && digitsA == digitsB && exponentA == exponentB
}

// scientific returns a number's sign and significant digits, and the power of ten of
// the last of them. It is false for an exponent that is out of any range.
func scientific(n string) (digits string, exponent int, ok bool) {
	mantissa, power := n, ""
	if at := strings.IndexAny(n, "eE"); at >= 0 {
		mantissa, power = n[:at], n[at+1:]
	}
	if power != "" {
		var err error
		if exponent, err = strconv.Atoi(power); err != nil {
			return "", 0, false
		}
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := strings.TrimLeft(whole+fraction, "0")
	digits = strings.TrimRight(all, "0")
	if digits == "" {
		return "0", 0, true
	}
	if negative {
		digits = "-" + digits
	}
	return digits, exponent - len(fraction) + len(all) - len(strings.TrimRight(all, "0")), true
}

// typedParameter reads {"value": text, "type": hint}.
func typedParameter(object map[string]any) (types.SqlParameter, error) {
	bad := fault.New(fault.Invalid, "an object must have value and type").
		WithFix(`give {"value": "2026-01-02", "type": "DATE"} with DATE, TIME, TIMESTAMP, DECIMAL, UUID, JSON or BLOB`)
	hint, _ := object["type"].(string)
	value, given := object["value"]
	if !given || len(object) != 2 || hint == "" {
		return types.SqlParameter{}, bad
	}
	p := types.SqlParameter{TypeHint: types.TypeHint(strings.ToUpper(hint))}
	isBlob := strings.EqualFold(hint, "BLOB")
	if !isBlob && !slices.Contains(p.TypeHint.Values(), p.TypeHint) {
		return types.SqlParameter{}, bad
	}
	var text string
	switch v := value.(type) {
	case nil:
		return types.SqlParameter{Value: &types.FieldMemberIsNull{Value: true}}, nil
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return types.SqlParameter{}, bad
	}
	if !isBlob {
		p.Value = &types.FieldMemberStringValue{Value: text}
		return p, nil
	}
	blob, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return types.SqlParameter{}, fault.New(fault.Invalid, "a BLOB must be base64").WithFix("encode the bytes as standard base64")
	}
	return types.SqlParameter{Value: &types.FieldMemberBlobValue{Value: blob}}, nil
}

// answerOfRows turns a result into rows by column name, at most limit of them
// (0 is all).
func answerOfRows(out *rdsdata.ExecuteStatementOutput, limit int) queryOutput {
	answer := queryOutput{Updated: out.NumberOfRecordsUpdated, Generated: plainValues(out.GeneratedFields)}
	taken := map[string]bool{}
	for _, c := range out.ColumnMetadata {
		name := aws.ToString(c.Label)
		if name == "" {
			name = aws.ToString(c.Name)
		}
		answer.Columns = append(answer.Columns, column{uniqueName(name, taken), aws.ToString(c.TypeName)})
	}
	if answer.Columns != nil {
		answer.Rows = []map[string]any{}
	}
	for i, record := range out.Records {
		if limit > 0 && i == limit {
			answer.More = true
			break
		}
		row := make(map[string]any, len(record))
		for j, v := range plainValues(record) {
			if j < len(answer.Columns) {
				row[answer.Columns[j].Name] = v
			}
		}
		answer.Rows = append(answer.Rows, row)
	}
	return answer
}

func plainValues(fields []types.Field) []any {
	var values []any
	for _, f := range fields {
		values = append(values, plainValue(f))
	}
	return values
}

// plainValue gives a Data API value as JSON has it; bytes become base64.
func plainValue(f types.Field) any {
	switch f := f.(type) {
	case *types.FieldMemberBooleanValue:
		return f.Value
	case *types.FieldMemberLongValue:
		return f.Value
	case *types.FieldMemberDoubleValue:
		return plainDouble(f.Value)
	case *types.FieldMemberStringValue:
		return f.Value
	case *types.FieldMemberBlobValue:
		return f.Value
	case *types.FieldMemberArrayValue:
		return plainArray(f.Value)
	case *types.UnknownUnionMember:
		return "(a value of the unknown kind " + f.Tag + ")"
	}
	return nil
}

// plainDouble gives what JSON has no number for as text: NaN, Infinity and
// -Infinity, as PostgreSQL writes them.
func plainDouble(n float64) any {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	}
	return n
}

func plainArray(a types.ArrayValue) any {
	switch a := a.(type) {
	case *types.ArrayValueMemberBooleanValues:
		return a.Value
	case *types.ArrayValueMemberLongValues:
		return a.Value
	case *types.ArrayValueMemberDoubleValues:
		numbers := make([]any, len(a.Value))
		for i, n := range a.Value {
			if n != nil { // null is an item too
				numbers[i] = plainDouble(*n)
			}
		}
		return numbers
	case *types.ArrayValueMemberStringValues:
		return a.Value
	case *types.ArrayValueMemberArrayValues:
		inner := []any{}
		for _, one := range a.Value {
			inner = append(inner, plainArray(one))
		}
		return inner
	}
	return nil
}
