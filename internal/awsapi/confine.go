package awsapi

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/smithy-go/middleware"

	"github.com/hawser/hawser/internal/fault"
)

// MayReach refuses an account that the pool is kept from. Field is where the
// call names it.
func (p *Pool) MayReach(account, field string) error {
	if len(p.accounts) == 0 || slices.Contains(p.accounts, account) {
		return nil
	}
	e := fault.New(fault.Refused, "account %s is not among those that may be reached here", account).At(field).
		WithFix("use one of %s, or have whoever configured this Hawser add the account", strings.Join(p.accounts, ", "))
	e.Resource = account
	return e
}

type unconfinedKey struct{}

// unconfined marks Hawser's own calls for a connection, such as the reading of
// its keys, which go where whoever configured the connection said.
func unconfined(ctx context.Context) context.Context {
	return context.WithValue(ctx, unconfinedKey{}, true)
}

// initialize is a function that may stand in the SDK's Initialize step.
type initialize = func(context.Context, middleware.InitializeInput, middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error)

// confining adds confine to an operation's stack, within the record of the
// call.
func confining(confine initialize) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		return s.Initialize.Insert(middleware.InitializeMiddlewareFunc("HawserConfine", confine), "HawserCall", middleware.After)
	}
}

// confine keeps the calls of an account's sessions to the accounts that the
// pool may reach: no name among the input's may be of another, and S3 is told
// whose the buckets must be, so that it refuses those of others.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
func (c *connection) confine(account string) initialize {
	return func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		if own, _ := ctx.Value(unconfinedKey{}).(bool); own {
			return next.HandleInitialize(ctx, in)
		}
		if err := c.pool.confined(reflect.ValueOf(in.Parameters), ""); err != nil {
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
// and patterns, which may look like a name and are none.
var contents = []string{
	"Key", "Prefix", "StartAfter", "Metadata", "Tagging", "TagSet", "ContentType", "ContentDisposition",
	"Sql", "Parameters", "ParameterSets", "FilterPattern", "Filters", "Dimensions", "Policy",
}

// confined looks through an input for names of things in other accounts.
func (p *Pool) confined(v reflect.Value, field string) error {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return p.confined(v.Elem(), field)
	case reflect.String:
		if account := AccountNamed(v.String()); account != "" {
			return p.MayReach(account, field)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || slices.Contains(contents, f.Name) {
				continue
			}
			if err := p.confined(v.Field(i), f.Name); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			if err := p.confined(v.Index(i), field); err != nil {
				return err
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if err := p.confined(v.MapIndex(key), field); err != nil {
				return err
			}
		}
	}
	return nil
}

// withOwner is an input that says whose the buckets that it names must be. The
// caller's own input is left as it is. It tells whether the input can say so.
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
