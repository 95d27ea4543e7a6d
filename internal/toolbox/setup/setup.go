// Package setup holds the tools that write what a person must create in AWS.
package setup

import (
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// box is what the tools work on.
type box struct {
	*kit.Kit
	// tools lists all tools, whose needs the texts are made of.
	tools func() []*tool.Tool
}

// Tools returns the tools of this noun. They make texts of what other tools declare, and
// create nothing.
func Tools(k *kit.Kit, tools func() []*tool.Tool) []*tool.Tool {
	b := &box{k, tools}
	return []*tool.Tool{b.policyTool(), b.explainTool(), b.trustTool()}
}
