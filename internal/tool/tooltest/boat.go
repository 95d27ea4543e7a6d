package tooltest

import (
	"context"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// BoatInput is what tools of the noun boat take.
type BoatInput struct {
	tool.Target
	Name string `json:"name" jsonschema:"the boat"`
}

// Subject names the boat.
func (in BoatInput) Subject() string { return "boat " + in.Name }

// BoatOutput is what they answer.
type BoatOutput struct {
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

// Boat declares a tool of the noun boat.
func Boat(verb string, effect tool.Effect, run tool.Func[BoatInput, BoatOutput]) *tool.Tool {
	return tool.New(tool.Info{
		Name: "boat." + verb, Summary: "Does " + verb, Effect: effect, Formats: Formats(),
		Needs: []tool.Need{{Action: "boat:Do", Resource: "*"}},
	}, run)
}

// Same answers with the name that it got.
func Same(_ context.Context, _ *tool.Call, in BoatInput) (BoatOutput, error) {
	return BoatOutput{Name: in.Name}, nil
}

// Waiting is the tool boat.wait, which goes on until its caller has gone.
type Waiting struct {
	*tool.Tool
	Begun chan struct{} // closed when it was called
	ended chan error
}

// Wait makes it, for one call.
func Wait() *Waiting {
	w := &Waiting{Begun: make(chan struct{}), ended: make(chan error, 1)}
	w.Tool = Boat("wait", tool.Read, func(ctx context.Context, _ *tool.Call, _ BoatInput) (BoatOutput, error) {
		close(w.Begun)
		<-ctx.Done()
		w.ended <- ctx.Err()
		return BoatOutput{}, ctx.Err()
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
