package lambda

import (
	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim"
)

// needOn returns the permission for an action on a function, whose policy and tags count
// if the function is there.
//
// https://docs.aws.amazon.com/lambda/latest/dg/attribute-based-access-control.html
func (st *state) needOn(action string, id functionID) awssim.Need {
	st.mu.Lock()
	defer st.mu.Unlock()
	if fn := st.functions[id.name]; fn != nil {
		return fn.need(action, id)
	}
	return awssim.Need{Action: action, Resource: id.arn(), Owner: id.account, Context: reference.Context{}}
}

// need is needOn for a function whose state is locked.
func (fn *function) need(action string, id functionID) awssim.Need {
	ctx := reference.Context{}
	awssim.ResourceTags(ctx, fn.tags)
	return awssim.Need{Action: action, Resource: id.arn(), Owner: id.account, Policy: fn.policy.parsed(id), Context: ctx}
}
