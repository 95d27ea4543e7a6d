package lambda

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/awssim/logs"
)

// coldStart is how long a new environment takes to begin with.
const coldStart = 120 * time.Millisecond

// functionLog gathers what one execution logs, as text or as JSON.
//
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
type functionLog struct {
	x     *execution
	json  bool
	mu    sync.Mutex
	lines []logs.Event
}

func newFunctionLog(x *execution) *functionLog {
	return &functionLog{x: x, json: x.config.LoggingConfig.LogFormat == types.LogFormatJson}
}

// add adds a line of the function's own.
func (l *functionLog) add(message string) {
	if l.json {
		message = l.record(map[string]any{
			"timestamp": l.x.world.Clock.Now().Format(time.RFC3339Nano), "level": "INFO",
			"requestId": l.x.requestID, "message": strings.TrimSuffix(message, "\n"),
		})
	}
	l.line(message)
}

func (l *functionLog) line(message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, logs.Event{Time: l.x.world.Clock.Now(), Message: message})
}

// platform adds a line of Lambda's in JSON.
func (l *functionLog) platform(kind string, record map[string]any) {
	record["requestId"] = l.x.requestID
	l.line(l.record(map[string]any{"time": l.x.world.Clock.Now().Format(time.RFC3339Nano), "type": "platform." + kind, "record": record}))
}

func (l *functionLog) record(v map[string]any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "{}\n" // only texts and numbers come here
	}
	return string(text) + "\n"
}

func (l *functionLog) start() {
	if l.json {
		l.platform("start", map[string]any{"version": *l.x.config.Version})
		return
	}
	l.line(fmt.Sprintf("START RequestId: %s Version: %s\n", l.x.requestID, *l.x.config.Version))
}

// end reports how the execution ended.
func (l *functionLog) end(took time.Duration, failure error) {
	if failure != nil {
		l.add(fmt.Sprintf("[ERROR] %v", failure) + "\n")
	}
	memory := *l.x.config.MemorySize
	if l.json {
		l.platform("report", map[string]any{"status": status(failure), "metrics": map[string]any{
			"durationMs": milliseconds(took), "billedDurationMs": billed(took), "memorySizeMB": memory, "maxMemoryUsedMB": l.x.memoryUsed(),
		}})
		return
	}
	l.line(fmt.Sprintf("END RequestId: %s\n", l.x.requestID))
	report := fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d MB\t",
		l.x.requestID, milliseconds(took), billed(took), memory, l.x.memoryUsed())
	if l.x.cold {
		report += fmt.Sprintf("Init Duration: %.2f ms\t", milliseconds(coldStart))
	}
	l.line(report + "\n")
}

func status(failure error) string {
	if failure != nil {
		return "error"
	}
	return "success"
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (l *functionLog) events() []logs.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]logs.Event(nil), l.lines...)
}

func (l *functionLog) text() string {
	var b strings.Builder
	for _, e := range l.events() {
		b.WriteString(e.Message)
	}
	return b.String()
}
