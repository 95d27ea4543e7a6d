package lambda

import (
	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim"
)

// conditionsOf returns the condition keys of a function: its tags.
//
// https://docs.aws.amazon.com/lambda/latest/dg/attribute-based-access-control.html
func (st *state) conditionsOf(id functionID) reference.Context {
	st.mu.Lock()
	defer st.mu.Unlock()
	ctx := reference.Context{}
	if fn := st.functions[id.name]; fn != nil {
		awssim.ResourceTags(ctx, fn.tags)
	}
	return ctx
}
