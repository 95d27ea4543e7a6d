package toolbox

import "github.com/hawser/hawser/internal/tool"

// cloudwatchTools are the tools on CloudWatch's metrics and logs.
func (b *Box) cloudwatchTools() []*tool.Tool {
	return []*tool.Tool{b.getMetricsTool(), b.cloudwatchLogsTool()}
}
