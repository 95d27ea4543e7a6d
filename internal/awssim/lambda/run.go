package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/logs"
)

// Function is what a simulated Lambda function does: it takes an event and
// gives an answer, both JSON. An error, best a *FunctionError, or a panic is
// answered as AWS's runtimes do. It must heed ctx, which ends with the
// function's timeout or the World.
type Function func(ctx context.Context, in *Invocation) ([]byte, error)

// Invocation is one execution of a function.
type Invocation struct {
	RequestID string
	// ARN is the function's as it was called, Version the one that runs.
	ARN, Version string
	// Variables are the function's environment.
	Variables map[string]string
	// Event is the payload.
	Event []byte

	log *functionLog
}

// Logf writes a line to the function's log.
func (in *Invocation) Logf(format string, args ...any) {
	in.log.add(fmt.Sprintf(format, args...) + "\n")
}

// FunctionError is an error as a function's code throws it.
type FunctionError struct {
	Type    string   `json:"errorType"`
	Message string   `json:"errorMessage"`
	Trace   []string `json:"trace,omitempty"`
}

func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// functionSet holds what functions do, by name.
type functionSet struct {
	mu     sync.RWMutex
	byName map[string]Function
}

// SetFunction makes f the code of the functions of a name, in every account
// and region. Without it functions give their event back.
func SetFunction(w *awssim.World, name string, f Function) {
	set := awssim.StateOf[functionSet](w, "", "")
	set.mu.Lock()
	defer set.mu.Unlock()
	if set.byName == nil {
		set.byName = make(map[string]Function)
	}
	set.byName[name] = f
}

func functionOf(w *awssim.World, name string) Function {
	set := awssim.StateOf[functionSet](w, "", "")
	set.mu.RLock()
	defer set.mu.RUnlock()
	if f := set.byName[name]; f != nil {
		return f
	}
	return echo
}

// echo gives the event back, an empty object for none.
func echo(_ context.Context, in *Invocation) ([]byte, error) {
	if len(in.Event) == 0 {
		return []byte("{}"), nil
	}
	return in.Event, nil
}

// execution is a function about to run, or running.
type execution struct {
	world     *awssim.World
	state     *state
	function  *function
	id        functionID
	config    types.FunctionConfiguration
	requestID string
	stream    string
	cold      bool // the environment is new
}

// outcome is how an execution ended.
type outcome struct {
	answer []byte
	failed bool
	log    string
}

// begin takes an environment for the execution, within the concurrency that
// the function and the account have.
func (x *execution) begin(requestID string) error {
	x.state.mu.Lock()
	defer x.state.mu.Unlock()
	switch reserved := x.function.reserved; {
	case reserved != nil && x.function.running >= int(*reserved):
		return tooBusy(types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded)
	case reserved == nil && x.state.running >= concurrency:
		return tooBusy(types.ThrottleReasonConcurrentInvocationLimitExceeded)
	}
	x.requestID = requestID
	x.function.running++
	x.state.running++
	version := *x.config.Version
	idle := x.function.idle[version]
	if x.cold = len(idle) == 0; x.cold {
		x.stream = fmt.Sprintf("%s/[%s]%s", x.world.Clock.Now().Format("2006/01/02"), version, strings.ReplaceAll(uuid.NewString(), "-", ""))
		return nil
	}
	x.stream, x.function.idle[version] = idle[len(idle)-1], idle[:len(idle)-1]
	return nil
}

func tooBusy(reason types.ThrottleReason) error {
	e := fail("TooManyRequestsException", "Rate Exceeded.").With("Reason", string(reason))
	e.Header = http.Header{"Retry-After": {"1"}}
	return e
}

// end gives the environment back.
func (x *execution) end() {
	x.state.mu.Lock()
	defer x.state.mu.Unlock()
	x.function.running--
	x.state.running--
	version := *x.config.Version
	x.function.idle[version] = append(x.function.idle[version], x.stream)
}

// shortestRun is how long a function may run at least: it is real code, which
// does not become faster when simulated time does.
const shortestRun = 250 * time.Millisecond

// run executes the function and writes its log. As on AWS it goes on when the
// caller goes away.
func (x *execution) run(event []byte) outcome {
	defer x.end()
	timeout := time.Duration(*x.config.Timeout) * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), max(x.world.Clock.Scaled(timeout), shortestRun))
	defer cancel()
	log := newFunctionLog(x)
	start := time.Now()
	log.start()
	answer, err := x.call(ctx, &Invocation{
		RequestID: x.requestID, ARN: x.id.qualified(), Version: *x.config.Version,
		Variables: x.variables(), Event: event, log: log,
	})
	took := time.Since(start)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		took = timeout
		err = &FunctionError{Type: "Sandbox.Timedout", Message: fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", x.requestID, timeout.Seconds())}
	}
	answer, failed := answerOf(answer, err)
	log.end(took, err)
	logs.Put(x.world, x.id.account, x.id.region, *x.config.LoggingConfig.LogGroup, x.stream, log.events()...)
	return outcome{answer, failed, log.text()}
}

func (x *execution) variables() map[string]string {
	if x.config.Environment == nil {
		return nil
	}
	return x.config.Environment.Variables
}

// call runs the function's code, for no longer than ctx lasts.
func (x *execution) call(ctx context.Context, in *Invocation) ([]byte, error) {
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- result{err: &FunctionError{Type: "Runtime.ExitError", Message: fmt.Sprintf("RequestId: %s Error: %v", in.RequestID, r)}}
			}
		}()
		answer, err := functionOf(x.world, x.id.name)(ctx, in)
		done <- result{answer, err}
	}()
	select {
	case r := <-done:
		return r.answer, r.err
	case <-ctx.Done():
		return nil, context.DeadlineExceeded
	case <-x.world.Closed():
		return nil, &FunctionError{Type: "Runtime.ExitError", Message: "the simulator was closed"}
	}
}

// maxAnswer is how large an answer may be.
const maxAnswer = maxSyncEvent + 100

// answerOf is what the caller gets, and whether it is an error of the function.
func answerOf(answer []byte, err error) ([]byte, bool) {
	if err == nil && len(answer) > maxAnswer {
		err = &FunctionError{
			Type:    "Function.ResponseSizeTooLarge",
			Message: fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxAnswer),
		}
	}
	if err == nil {
		return answer, false
	}
	thrown := &FunctionError{Type: "Error", Message: err.Error()}
	errors.As(err, &thrown)
	text, merr := json.Marshal(thrown)
	if merr != nil {
		return []byte(`{"errorType":"Runtime.MarshalError"}`), true // texts always marshal
	}
	return text, true
}

// asyncPauses are the waits before the two further tries that an event gets
// when the function fails.
//
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
var asyncPauses = [...]time.Duration{time.Minute, 2 * time.Minute}

// queue runs an event that nobody waits for, again where the function fails
// and as soon as there is room where there is none.
func (x *execution) queue(event []byte) {
	for try := 0; ; {
		pause := time.Second
		if err := x.begin(x.requestID); err == nil {
			if done := x.run(event); !done.failed || try == len(asyncPauses) {
				return
			}
			pause = asyncPauses[try]
			try++
		}
		select {
		case <-time.After(x.world.Clock.Scaled(pause)):
		case <-x.world.Closed():
			return
		}
	}
}

// billed rounds a duration up to whole milliseconds.
func billed(d time.Duration) int64 { return int64(math.Ceil(float64(d) / float64(time.Millisecond))) }

// memoryUsed is what the report says of memory: a third of what there is.
func (x *execution) memoryUsed() int32 { return aws.ToInt32(x.config.MemorySize) / 3 }
