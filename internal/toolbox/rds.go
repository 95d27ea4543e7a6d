package toolbox

import "github.com/hawser/hawser/internal/tool"

// rdsTools are the tools on RDS and its Data API.
func (b *Box) rdsTools() []*tool.Tool {
	return []*tool.Tool{b.rdsListTool(), b.rdsQueryTool()}
}
