// Package rds holds the tools of Amazon RDS and its Data API, and what SQL statements do.
package rds

import (
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// box makes the tools.
type box struct {
	*kit.Kit
	unfit unfitClusters
}

// Tools lists the tools.
func Tools(k *kit.Kit) []*tool.Tool {
	b := &box{Kit: k}
	return []*tool.Tool{b.listTool(), b.queryTool()}
}
