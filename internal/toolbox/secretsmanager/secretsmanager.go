// Package secretsmanager holds the tools of AWS Secrets Manager.
package secretsmanager

import (
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// box makes the tools.
type box struct {
	*kit.Kit
}

// Tools lists the tools.
func Tools(k *kit.Kit) []*tool.Tool {
	b := &box{Kit: k}
	return []*tool.Tool{b.listTool()}
}
