package sso

import (
	"errors"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// eachInstance reads facets of each of Identity Center's instances alone. An instance
// of which a facet can't be read is a part of the facet that is missing; what the others
// have counts. If it can't be read of any, the facet was not read.
func eachInstance(ctx collect.Context, o *collect.Output, facets []snapshot.Facet, do func(instance, *collect.Output) error) error {
	all, err := instances(ctx)
	if err != nil {
		return err
	}
	management := managementAccount(ctx)
	for _, f := range facets {
		o.Batch(f)
	}
	failed, applicable := map[snapshot.Facet][]failure{}, 0
	for _, i := range all {
		one := collect.NewOutput()
		err := do(i, one)
		if err != nil && !collect.AnotherMayRead(err) {
			return err
		}
		if i.hasNone(management, facets, err) {
			continue
		}
		applicable++
		for _, f := range facets {
			if why := firstError(err, one.Err(f)); why != nil {
				failed[f] = append(failed[f], failure{i, why})
				continue
			}
			read, b := one.Batch(f), o.Batch(f)
			b.Parts, b.Edges = append(b.Parts, read.Parts...), append(b.Edges, read.Edges...)
		}
	}
	for f, some := range failed {
		switch {
		case len(some) < applicable:
			o.FailPart(f, errAlone(some), partOf(some))
		case applicable == 1:
			o.Fail(f, some[0].err)
		default:
			o.Fail(f, errAlone(some))
		}
	}
	return nil
}

// eachOf is eachInstance for one facet.
func eachOf(ctx collect.Context, o *collect.Output, f snapshot.Facet, do func(instance, *snapshot.Batch) error) error {
	return eachInstance(ctx, o, []snapshot.Facet{f}, func(i instance, one *collect.Output) error { return do(i, one.Batch(f)) })
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// failure is an instance of which a facet could not be read.
type failure struct {
	instance
	err error
}

// errAlone returns the error of the instances that could not be read.
func errAlone(some []failure) error {
	var names []string
	for _, one := range some {
		name := one.arn
		if one.owner != "" {
			name += " of account " + one.owner
		}
		names = append(names, name)
	}
	first := awserr.Fault(some[0].err)
	return fault.Wrap(some[0].err, first.Kind, "it could not be read of Identity Center's instance %s", strings.Join(names, ", ")).
		WithCause("%s", first.Error()).WithFix("%s", first.Fix).WithDenial(first)
}

func partOf(some []failure) func(snapshot.ID) bool {
	return func(id snapshot.ID) bool {
		return slices.ContainsFunc(some, func(one failure) bool { return one.has(id) })
	}
}

// has reports whether an entity is the instance or belongs to it.
func (i instance) has(id snapshot.ID) bool {
	if store, _, ok := id.InIdentityStore(); ok {
		return store == i.store
	}
	key := id.Key
	if set, _, ok := id.OnAccount(); ok {
		key = set
	}
	return key == i.arn || instanceOf(key) == i.arn
}

// read returns what this run read of a facet of the instance. If it could not be read,
// ok is false.
func (i instance) read(ctx collect.Context, f snapshot.Facet) (parts []snapshot.Part, ok bool) {
	if !ctx.WasRead(f) {
		if missing := ctx.Missing(f); missing == nil || missing.Has(snapshot.Instance.ID(i.arn)) {
			return nil, false
		}
	}
	for _, p := range ctx.IfRead(f).Parts {
		if i.has(p.ID) {
			parts = append(parts, p)
		}
	}
	return parts, true
}

// need is read for a facet without which nothing else can be read of the instance.
func (i instance) need(ctx collect.Context, f snapshot.Facet) ([]snapshot.Part, error) {
	parts, ok := i.read(ctx, f)
	if !ok {
		return nil, collect.NotRead(f)
	}
	return parts, nil
}

// hasNone reports whether an error says that the instance has nothing of the facets: it
// is one that a member account has for itself, and those have neither permission sets
// nor assignments to accounts.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/account-instances-identity-center.html
func (i instance) hasNone(management string, facets []snapshot.Facet, err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" || management == "" || i.owner == "" || i.owner == management {
		return false
	}
	switch facets[0] {
	case snapshot.SSOSets, snapshot.SSOAccountRoles, snapshot.SSOAssignments:
	default:
		return false
	}
	// "The operation is not supported for this Identity Center instance", or "This
	// operation is not supported for account instances of IAM Identity Center".
	text := strings.ToLower(api.ErrorMessage())
	return strings.Contains(text, "not supported for") && strings.Contains(text, "identity center")
}
