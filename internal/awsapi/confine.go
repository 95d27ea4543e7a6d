package awsapi

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/smithy-go/middleware"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

// MayReach refuses an account that the pool is kept from. Field is where the
// call names it.
func (p *Pool) MayReach(account, field string) error {
	if len(p.accounts) == 0 || slices.Contains(p.accounts, account) {
		return nil
	}
	e := fault.New(fault.Refused, "account %s is not one of the accounts that may be used here", account).At(field).
		WithFix("use one of %s, or ask whoever configured this Hawser to add the account", strings.Join(p.accounts, ", "))
	e.Resource = account
	return e
}

type unconfinedKey struct{}

// unconfined marks Hawser's own calls for a connection, such as the reading of
// its keys, which go where whoever configured the connection said.
func unconfined(ctx context.Context) context.Context {
	return context.WithValue(ctx, unconfinedKey{}, true)
}

// initialize is a function in the SDK's Initialize step.
type initialize = func(context.Context, middleware.InitializeInput, middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error)

// confining adds confine to an operation's stack, within the record of the
// call.
func confining(confine initialize) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		return s.Initialize.Insert(middleware.InitializeMiddlewareFunc("HawserConfine", confine), "HawserCall", middleware.After)
	}
}

// confine limits the calls of an account's sessions to the accounts that the pool
// may reach. No name in the input may belong to another account, and S3 gets the
// expected owner of buckets, so that it refuses the buckets of others.
func (c *connection) confine(account string) initialize {
	return func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		if own, _ := ctx.Value(unconfinedKey{}).(bool); own {
			return next.HandleInitialize(ctx, in)
		}
		err := eachName(reflect.ValueOf(in.Parameters), "", func(name, field string) error {
			if account := arn.AccountIn(name); account != "" {
				return c.pool.MayReach(account, field)
			}
			return nil
		})
		if err != nil {
			return middleware.InitializeOutput{}, middleware.Metadata{}, err
		}
		var expects bool
		if in.Parameters, expects = withOwner(in.Parameters, account); expects && callOf(ctx) != nil {
			callOf(ctx).owner = account
		}
		return next.HandleInitialize(ctx, in)
	}
}

// contents are fields of the SDK's inputs that hold content, keys of objects
// and patterns, which may look like a name and are not one.
var contents = []string{
	"Key", "Prefix", "StartAfter", "Metadata", "Tagging", "TagSet", "ContentType", "ContentDisposition",
	"Sql", "Parameters", "ParameterSets", "FilterPattern", "Filters", "Dimensions", "Policy",
}

// noteReach notes the account that a call is made in, and the accounts that its
// input names.
func (c *call) noteReach(ctx context.Context) {
	reach := audit.ReachOf(ctx)
	if reach == nil || !arn.IsAccount(c.account) {
		return
	}
	reach.Note(c.account)
	_ = eachName(reflect.ValueOf(c.input), "", func(name, _ string) error {
		reach.Note(arn.AccountIn(name))
		return nil
	})
}

// eachName visits the texts of an input that may name something, with the
// fields that hold them, until visit gives an error.
func eachName(v reflect.Value, field string, visit func(name, field string) error) error {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return eachName(v.Elem(), field, visit)
	case reflect.String:
		return visit(v.String(), field)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || slices.Contains(contents, f.Name) {
				continue
			}
			if err := eachName(v.Field(i), f.Name, visit); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			if err := eachName(v.Index(i), field, visit); err != nil {
				return err
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if err := eachName(v.MapIndex(key), field, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// withOwner returns an input that says whose the buckets that it names must be.
// The caller's own input is left as it is. It reports whether the input can say
// so.
func withOwner(input any, account string) (any, bool) {
	v := reflect.ValueOf(input)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct || !v.Elem().FieldByName("ExpectedBucketOwner").IsValid() {
		return input, false
	}
	changed := reflect.New(v.Type().Elem())
	changed.Elem().Set(v.Elem())
	for _, name := range []string{"ExpectedBucketOwner", "ExpectedSourceBucketOwner"} {
		if f := changed.Elem().FieldByName(name); f.IsValid() {
			f.Set(reflect.ValueOf(&account))
		}
	}
	return changed.Interface(), true
}
