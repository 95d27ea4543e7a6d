// Package setup holds the tools that write what a person must create in AWS.
package setup

import (
	"github.com/hawser/hawser/internal/tool"
)

// box is what the tools work on.
type box struct {
	// tools lists all tools, whose needs the texts are made of.
	tools func() []*tool.Tool
}

// Tools returns the tools of this noun. They make texts of what other tools declare, and
// call nothing.
func Tools(tools func() []*tool.Tool) []*tool.Tool {
	b := &box{tools}
	return []*tool.Tool{b.policyTool(), b.explainTool()}
}
