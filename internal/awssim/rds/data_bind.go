package rds

import (
	"database/sql"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata/types"

	"github.com/hawser/hawser/internal/awssim"
)

// bind gives the values for the parameters that a statement names. One that
// the statement does not name is ignored.
func bind(named []string, params []types.SqlParameter) ([]any, error) {
	var args []any
	for _, p := range params {
		name := aws.ToString(p.Name)
		if !slices.Contains(named, name) {
			continue
		}
		v, err := parameter(name, p)
		if err != nil {
			return nil, err
		}
		args = append(args, sql.Named(name, v))
	}
	for _, name := range named {
		if !slices.ContainsFunc(params, func(p types.SqlParameter) bool { return aws.ToString(p.Name) == name }) {
			return nil, awssim.Errorf("BadRequestException", "Cannot find parameter: %s", name)
		}
	}
	return args, nil
}

func parameter(name string, p types.SqlParameter) (any, error) {
	switch v := p.Value.(type) {
	case *types.FieldMemberIsNull:
		return nil, nil
	case *types.FieldMemberBooleanValue:
		return v.Value, nil
	case *types.FieldMemberLongValue:
		return v.Value, nil
	case *types.FieldMemberDoubleValue:
		return v.Value, nil
	case *types.FieldMemberBlobValue:
		return v.Value, nil
	case *types.FieldMemberStringValue:
		return hinted(name, v.Value, p.TypeHint)
	case *types.FieldMemberArrayValue:
		return nil, awssim.Errorf("BadRequestException", "Array parameters are not supported.")
	}
	return nil, awssim.Errorf("BadRequestException", "The parameter %s has no value", name)
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// hinted checks a text against its type hint.
//
// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_SqlParameter.html
func hinted(name, text string, hint types.TypeHint) (any, error) {
	ok := true
	switch hint {
	case types.TypeHintDate:
		ok = isTime(text, time.DateOnly)
	case types.TypeHintTime:
		ok = isTime(text, "15:04:05")
	case types.TypeHintTimestamp:
		ok = isTime(text, time.DateTime)
	case types.TypeHintUuid:
		ok = uuidForm.MatchString(text)
	case types.TypeHintJson:
		ok = json.Valid([]byte(text))
	case types.TypeHintDecimal:
		return decimalValue(name, text)
	}
	if !ok {
		return nil, badHint(name, hint)
	}
	return text, nil
}

// isTime takes fractions of a second, too, as time.Parse does.
func isTime(text, layout string) bool {
	_, err := time.Parse(layout, text)
	return err == nil
}

func decimalValue(name, text string) (any, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, badHint(name, types.TypeHintDecimal)
	}
	return f, nil
}

func badHint(name string, hint types.TypeHint) error {
	return awssim.Errorf("BadRequestException", "The value of parameter %s is not of type %s", name, hint)
}
