package lambda

import (
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/awssim"
)

// The largest events.
//
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	maxSyncEvent  = 6 << 20
	maxAsyncEvent = 1 << 20
)

// logTail is how many bytes of the log an answer carries.
const logTail = 4096

func invokeFunction(c *awssim.Call, in *lambda.InvokeInput) (*lambda.InvokeOutput, error) {
	id, err := askedFor(c, in)
	if err != nil {
		return nil, err
	}
	if err := checkEvent(in); err != nil {
		return nil, err
	}
	x, err := executionOf(c.World, id)
	if err != nil {
		return nil, err
	}
	switch in.InvocationType {
	case types.InvocationTypeDryRun:
		return &lambda.InvokeOutput{StatusCode: http.StatusNoContent}, nil
	case types.InvocationTypeEvent:
		x.requestID = c.ID
		go x.queue(in.Payload)
		return &lambda.InvokeOutput{StatusCode: http.StatusAccepted}, nil
	}
	if err := x.begin(c.ID); err != nil {
		return nil, err
	}
	done := x.run(in.Payload)
	out := &lambda.InvokeOutput{StatusCode: http.StatusOK, ExecutedVersion: x.config.Version, Payload: done.answer}
	if done.failed {
		out.FunctionError = aws.String("Unhandled")
	}
	if in.LogType == types.LogTypeTail {
		tail := done.log[max(0, len(done.log)-logTail):]
		out.LogResult = aws.String(base64.StdEncoding.EncodeToString([]byte(tail)))
	}
	return out, nil
}

// checkEvent refuses events that are too large or no JSON.
func checkEvent(in *lambda.InvokeInput) error {
	most := maxSyncEvent
	if in.InvocationType == types.InvocationTypeEvent {
		most = maxAsyncEvent
	}
	switch {
	case len(in.Payload) > most:
		return fail("RequestTooLargeException", "Request must be smaller than %d bytes for the InvokeFunction operation", most)
	case len(in.Payload) > 0 && !json.Valid(in.Payload):
		return fail("InvalidRequestContentException", "Could not parse request body into json: Could not parse payload into json")
	}
	return nil
}

// executionOf finds what a call of a function runs: the version that an alias
// with weights happens to choose, which must be ready.
func executionOf(w *awssim.World, id functionID) (*execution, error) {
	st := awssim.StateOf[state](w, id.account, id.region)
	st.mu.Lock()
	defer st.mu.Unlock()
	fn, err := st.find(id)
	if err != nil {
		return nil, err
	}
	v, err := fn.at(id.at(fn.chosen(id.qualifier)))
	if err != nil {
		return nil, noFunction(id)
	}
	if w.Clock.Now().Before(v.active) {
		return nil, v.settled(w.Clock.Now())
	}
	return &execution{world: w, state: st, function: fn, id: id, config: v.config}, nil
}

// chosen gives the version that an alias's weights choose this time; anything
// but an alias is given back.
func (fn *function) chosen(qualifier string) string {
	alias := fn.aliases[qualifier]
	if alias == nil || alias.RoutingConfig == nil {
		return qualifier
	}
	dice := rand.Float64()
	for version, weight := range alias.RoutingConfig.AdditionalVersionWeights {
		if dice -= weight; dice < 0 {
			return version
		}
	}
	return *alias.FunctionVersion
}
