package tooltest

import (
	"context"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// WidgetInput is what tools of the noun widget take.
type WidgetInput struct {
	tool.Target
	Name string `json:"name" jsonschema:"the widget"`
}

// Subject names the widget.
func (in WidgetInput) Subject() string { return "widget " + in.Name }

// WidgetOutput is what they answer.
type WidgetOutput struct {
	Name string `json:"name"`
	Log  string `json:"log,omitempty"`
}

// Formats are those of the fields of tool.Target.
func Formats() tool.Formats {
	return tool.Formats{"account-id": func(s string) error {
		if arn.IsAccount(s) {
			return nil
		}
		return fault.New(fault.Invalid, "%q is not an account ID", s)
	}}
}

// Widget declares a tool of the noun widget.
func Widget(verb string, effect tool.Effect, run tool.Func[WidgetInput, WidgetOutput]) *tool.Tool {
	return tool.New(tool.Info{
		Name: "widget." + verb, Summary: "Does " + verb, Effect: effect, Formats: Formats(),
		Needs: []tool.Need{{Action: "widget:Do", Resource: "*"}},
	}, run)
}

// Same answers with the name that it got.
func Same(_ context.Context, _ *tool.Call, in WidgetInput) (WidgetOutput, error) {
	return WidgetOutput{Name: in.Name}, nil
}

// Waiting is the tool widget.wait, which goes on until its caller has gone.
type Waiting struct {
	*tool.Tool
	Begun chan struct{} // closed when it was called
	ended chan error
}

// Wait makes it, for one call.
func Wait() *Waiting {
	w := &Waiting{Begun: make(chan struct{}), ended: make(chan error, 1)}
	w.Tool = Widget("wait", tool.Read, func(ctx context.Context, _ *tool.Call, _ WidgetInput) (WidgetOutput, error) {
		close(w.Begun)
		<-ctx.Done()
		w.ended <- ctx.Err()
		return WidgetOutput{}, ctx.Err()
	})
	return w
}

// Canceled waits for the end of the call, and fails the test where it ended by itself.
func (w *Waiting) Canceled(t *testing.T) {
	t.Helper()
	if err := <-w.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended by %v", err)
	}
}
