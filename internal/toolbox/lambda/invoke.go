package lambda

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type invokeInput struct {
	tool.Target
	Name      string          `json:"function_name" jsonschema:"the function's name or ARN" complete:"lambda.function"`
	Payload   json.RawMessage `json:"payload,omitempty" jsonschema:"the event, any JSON value" audit:"digest"`
	Type      string          `json:"type,omitempty" jsonschema:"sync waits for the answer, async queues the event, dry-run only asks whether it would be allowed" enum:"sync,async,dry-run" default:"\"sync\""`
	Qualifier string          `json:"qualifier,omitempty" jsonschema:"a version or an alias"`
	LogTail   bool            `json:"log_tail,omitempty" jsonschema:"also return the last 4 KiB of the execution's log (sync only)"`
}

// invocationTypes are Lambda's names for the types.
var invocationTypes = map[string]types.InvocationType{
	"sync": types.InvocationTypeRequestResponse, "async": types.InvocationTypeEvent, "dry-run": types.InvocationTypeDryRun,
}

// Lambda's limits of a payload, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	maxSyncPayload  = 6 << 20
	maxAsyncPayload = 1 << 20
)

// Validate refuses input that Lambda would refuse, before anything is sent.
func (in invokeInput) Validate() error {
	limit := maxSyncPayload
	if in.Type == "async" {
		limit = maxAsyncPayload
	}
	if len(in.Payload) > limit {
		return fault.New(fault.Invalid, "the payload has %d bytes, and Lambda accepts at most %d (%s)", len(in.Payload), limit, in.Type).
			At("payload").WithFix("put it in S3 and pass its key")
	}
	if in.LogTail && in.Type != "sync" {
		return fault.New(fault.Invalid, "log_tail needs the type sync, not %s", in.Type).At("log_tail").
			WithFix("read the log with lambda.get-logs")
	}
	return nil
}

// Aim is where the function's ARN says.
func (in invokeInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Name) }

// Effect is that of this call: a dry run changes nothing.
func (in invokeInput) Effect() tool.Effect {
	if in.Type == "dry-run" {
		return tool.Read
	}
	return tool.Write
}

// Subject names the function.
func (in invokeInput) Subject() string {
	if in.Qualifier == "" {
		return "function " + in.Name
	}
	return "function " + in.Name + ":" + in.Qualifier
}

// answer is the answer of an invocation.
type answer struct {
	Status  int32           `json:"status" jsonschema:"200 answered, 202 queued, 204 would be allowed"`
	Version string          `json:"executed_version,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty" jsonschema:"what the function answered"`
	Text    string          `json:"text,omitempty" jsonschema:"the same if it is not JSON"`
	Error   string          `json:"function_error,omitempty" jsonschema:"Handled or Unhandled if the function failed; payload then has its error"`
	Log     string          `json:"log,omitempty"`
}

// Verdict returns a Conflict where the function itself failed.
func (a answer) Verdict() error {
	if a.Error == "" {
		return nil
	}
	var said struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	_ = json.Unmarshal(a.Payload, &said) // functions may answer anything
	return fault.New(fault.Conflict, "the function failed (%s)", a.Error).WithCause("%s: %s", said.Type, said.Message).
		WithFix("see its payload and hawser lambda get-logs")
}

// Cut leaves the log, then the payload out.
func (a answer) Cut(limit int) (any, string) {
	how := fmt.Sprintf("the log of %d bytes was left out", len(a.Log))
	a.Log = ""
	if tool.EncodedSize(a) > limit {
		how = fmt.Sprintf("the payload of %d bytes was left out", len(a.Payload)+len(a.Text))
		a.Payload, a.Text = nil, ""
	}
	return a, how
}

// question names the function and the size of the payload. The payload itself may
// be secret.
func (in invokeInput) question() tool.Preview {
	name := in.Name
	if in.Qualifier != "" {
		name += ":" + in.Qualifier
	}
	does := "Invoke the function " + text.Name(name)
	switch in.Type {
	case "async":
		does = "Queue an event for the function " + text.Name(name)
	case "dry-run":
		does = "Ask whether the function " + text.Name(name) + " may be invoked"
	}
	if len(in.Payload) == 0 {
		return tool.Preview{Does: does + " without a payload"}
	}
	return tool.Preview{Does: does + " with a payload of " + kit.Count(len(in.Payload), "byte")}
}

func (b *box) invokeTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name: "lambda.invoke", Summary: "Invoke a function",
		Description: "Hawser can't know what the function does, so the effect is write. A call is repeated only where Lambda refused it before it ran the function.",
		Effect:      tool.Write, Args: []string{"function_name", "payload"}, Timeout: 16 * time.Minute,
		Forms: []tool.Form{{Verb: "invoke", Flags: []tool.FormFlag{
			{Name: "cli-binary-format", Values: map[string]string{"raw-in-base64-out": `{}`}, Doc: "raw-in-base64-out: the payload is text, as always"},
			{Name: "invocation-type", Doc: "RequestResponse, Event or DryRun: the type sync, async or dry-run", Values: map[string]string{
				"RequestResponse": `{"type": "sync"}`, "Event": `{"type": "async"}`, "DryRun": `{"type": "dry-run"}`,
			}},
			{Name: "log-type", Doc: "Tail returns the end of the log, None does not", Values: map[string]string{"Tail": `{"log_tail": true}`, "None": `{}`}},
		}}},
		Needs: []tool.Need{{Action: "lambda:InvokeFunction", Resource: functionResource}},
		Examples: []tool.Example{
			{Does: "call a function and show the end of its log", Input: `{"function_name": "checkout", "payload": {"order": 8418}, "log_tail": true}`},
			{Does: "queue an event", Input: `{"function_name": "mailer", "payload": {"to": "ada@example.com"}, "type": "async"}`},
			{Does: "ask whether it would be allowed", Input: `{"function_name": "checkout", "type": "dry-run"}`},
		},
	}, b.invoke), func(_ context.Context, _ *tool.Call, in invokeInput) tool.Preview { return in.question() })
}

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func (b *box) invoke(ctx context.Context, _ *tool.Call, in invokeInput) (answer, error) {
	s, err := b.Session(ctx, in.Target, in.Name)
	if err != nil {
		return answer{}, err
	}
	ask := &lambda.InvokeInput{
		FunctionName: &in.Name, Qualifier: kit.Optional(in.Qualifier), Payload: in.Payload, InvocationType: invocationTypes[in.Type],
	}
	if in.LogTail {
		ask.LogType = types.LogTypeTail
	}
	out, err := client(s).Invoke(ctx, ask)
	if err != nil {
		return answer{}, err
	}
	a := answer{Status: out.StatusCode, Version: aws.ToString(out.ExecutedVersion), Error: aws.ToString(out.FunctionError)}
	switch {
	case len(out.Payload) == 0:
	case json.Valid(out.Payload):
		a.Payload = out.Payload
	default:
		a.Text = string(out.Payload)
	}
	log, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
	if err != nil {
		return a, fault.Wrap(err, fault.Unavailable, "the log of the execution cannot be decoded").
			WithFix("read the log group of the function: hawser logs tail")
	}
	a.Log = string(log)
	return a, nil
}
