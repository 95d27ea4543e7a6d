package kit

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// Declare makes a tool of a declaration and a function. The function returns
// AWS's errors as they are; Declare turns them into faults. It also adds what a
// listing of all regions or accounts needs.
func Declare[I, O any](info tool.Info, run tool.Func[I, O]) *tool.Tool {
	info.Formats, info.URIs = formats(), tool.URIs{"bucket": S3URI}
	info.Needs = append(slices.Clip(info.Needs), spreadNeeds(reflect.TypeFor[I]())...)
	return tool.New(info, func(ctx context.Context, call *tool.Call, in I) (O, error) {
		ctx = asking(ctx, info.Needs, in)
		out, err := run(ctx, call, in)
		return out, Explain(ctx, err)
	})
}

// spreadNeeds returns the actions that cells may call, as far as an input has the
// fields that ask for it.
func spreadNeeds(input reflect.Type) []tool.Need {
	var needs []tool.Need
	if _, ok := input.FieldByName("AllRegions"); ok {
		needs = append(needs, tool.Need{Action: "ec2:DescribeRegions", Resource: AnyResource, When: tool.Condition{Given: []string{"all_regions"}, Besides: "the connection names no regions"}})
	}
	if _, ok := input.FieldByName("AllAccounts"); ok {
		needs = append(needs, tool.Need{Action: "organizations:ListAccounts", Resource: AnyResource, When: tool.Condition{Given: []string{"all_accounts"}, Besides: "the connection names no accounts"}})
	}
	return needs
}

// Explain turns any error of a tool's call into a fault, and nothing into
// nothing. What AWS leaves unsaid of a denial is taken from the tool's needs.
func Explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return complete(ctx, awserr.Fault(err))
}

// Session resolves where a call goes: to the account and region of its ARNs, else
// to the target's, else to the connection's own. A partial ARN names the account;
// a function's plain name neither. The error is Invalid if an ARN contradicts the
// target or another ARN.
func (b *Kit) Session(ctx context.Context, target tool.Target, arns ...string) (*awsapi.Session, error) {
	pool, target, err := b.bound(target, arns)
	if err != nil {
		return nil, err
	}
	session, err := pool.Session(ctx, awsapi.Target(target))
	if err != nil {
		return nil, Explain(ctx, err)
	}
	return session, nil
}

// bound returns the pool, and the target that a call is for.
func (b *Kit) bound(target tool.Target, arns []string) (*awsapi.Pool, tool.Target, error) {
	target, err := aim(target, arns...)
	if err != nil {
		return nil, target, err
	}
	pool, err := b.Pool()
	return pool, target, err
}

// aim completes a target with the accounts and regions of ARNs.
func aim(target tool.Target, arns ...string) (tool.Target, error) {
	for _, text := range arns {
		name, ok := arn.Parse(text)
		if !ok {
			name.Account = arn.AccountIn(text)
		}
		if err := settle(&target.Account, name.Account, "account", text); err != nil {
			return target, err
		}
		if err := settle(&target.Region, name.Region, "region", text); err != nil {
			return target, err
		}
	}
	return target, nil
}

// Aimed returns the target of an input that may name an ARN. Where the two
// disagree, the call itself says so.
func Aimed(target tool.Target, name string) tool.Target {
	full, err := aim(target, name)
	if err != nil {
		return target
	}
	return full
}

// settle sets one part of a target to that of an ARN.
func settle(have *string, says, field, name string) error {
	switch {
	case says == "" || *have == says:
		return nil
	case *have == "":
		*have = says
		return nil
	}
	return fault.New(fault.Invalid, "the ARN has %s %s, but the call has %s %s", field, says, field, *have).
		At(field).WithCause("the call must use the account and region of its ARN, %s", name).
		WithFix("omit --%s, or give an ARN of %s %s", field, field, *have)
}

// fetch reads one page of a listing in one account and region.
type fetch[T any] func(ctx context.Context, session *awsapi.Session, token string, limit int) (tool.Batch[T], error)

// Gather reads a listing page by page, in one account and region or, if fan says
// so, in many in parallel. Accounts and regions that cannot be read are failures
// in addition to the items of the others.
func Gather[T any](ctx context.Context, b *Kit, target tool.Target, fan tool.Fan, page tool.Page, read fetch[T], arns ...string) (tool.List[T], error) {
	cells, err := b.cells(ctx, target, fan, arns...)
	if err != nil {
		return tool.List[T]{}, err
	}
	return tool.Gather(ctx, cells, page, func(ctx context.Context, cell tool.Target, token string, limit int) (tool.Batch[T], error) {
		session, err := b.Session(ctx, cell)
		if err != nil {
			return tool.Batch[T]{}, err
		}
		batch, err := read(ctx, session, token, limit)
		return batch, Explain(ctx, err)
	})
}

// cells spreads a target over the accounts and regions that fan asks for.
func (b *Kit) cells(ctx context.Context, target tool.Target, fan tool.Fan, arns ...string) ([]tool.Target, error) {
	switch {
	case fan.AllRegions && target.Region != "":
		return nil, exclude("region", "all_regions")
	case fan.AllAccounts && target.Account != "":
		return nil, exclude("account", "all_accounts")
	}
	pool, target, err := b.bound(target, arns)
	if err != nil {
		return nil, err
	}
	spread, err := pool.Cells(ctx, awsapi.Target(target), fan.AllRegions, fan.AllAccounts)
	if err != nil {
		return nil, Explain(ctx, err)
	}
	cells := make([]tool.Target, len(spread))
	for i, cell := range spread {
		cells[i] = tool.Target(cell)
	}
	return cells, nil
}

// LocationOf says where an item is, as far as that may differ between items.
func LocationOf(fan tool.Fan, s *awsapi.Session) string {
	var parts []string
	if fan.AllAccounts {
		parts = append(parts, s.Account)
	}
	if fan.AllRegions {
		parts = append(parts, s.Region)
	}
	return strings.Join(parts, " ")
}

func exclude(one, other string) error {
	return fault.New(fault.Invalid, "%s and %s can't be used together", one, other).At(one).WithFix("give one of the two")
}

// Resolve returns a function that fills in the empty fields of a target, as far
// as possible.
func Resolve(pool func() (*awsapi.Pool, error)) func(context.Context, tool.Target) tool.Target {
	return func(ctx context.Context, t tool.Target) tool.Target {
		p, err := pool()
		if err != nil {
			return t // the call itself will say why
		}
		s, err := p.Session(ctx, awsapi.Target(t))
		if err != nil {
			return t
		}
		return tool.Target(s.Target())
	}
}
