// Package cloudtrail is the simulator's CloudTrail: the event history of every
// account and region, and the trails that a test has added.
//
// Every call whose caller is known becomes a management event, refused ones too;
// data events, such as those of S3's objects, do not. An event is seen after a
// delay, as with AWS: see SetDelay.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
package cloudtrail

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawser/hawser/internal/awssim"
)

// UsualDelay is how long after its call an event is seen, if nothing else is said.
const UsualDelay = 5 * time.Minute

const (
	// kept is how long the event history reaches back.
	kept = 90 * 24 * time.Hour
	// mostEvents is how many events are kept for an account and region.
	mostEvents = 10_000
)

// Service is CloudTrail. It records the World's calls from now on.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/
func Service(w *awssim.World) *awssim.Service {
	w.Observe(recorderOf(w).observe)
	return &awssim.Service{Model: "cloudtrail", Invalid: invalid, InvalidToken: awssim.TokenAs("InvalidNextTokenException", "Invalid token."), Handlers: map[string]awssim.Handler{
		"DescribeTrails": awssim.Op(describeTrails),
		"GetTrail":       awssim.Op(getTrail),
		"GetTrailStatus": awssim.Op(getTrailStatus),
		"ListTrails":     awssim.Op(listTrails),
		"LookupEvents":   awssim.Op(lookupEvents),
	}, Needs: needsOf}
}

// recorder is what a World's CloudTrail knows.
type recorder struct {
	world *awssim.World
	delay atomic.Int64
	kinds sync.Map // operation to kind
	names sync.Map // reflect.Type of an input or output to []naming

	mu     sync.Mutex
	trails []*Trail
}

// Start implements [awssim.Starter].
func (r *recorder) Start(w *awssim.World, _, _ string) {
	r.world = w
	r.delay.Store(int64(UsualDelay))
}

func recorderOf(w *awssim.World) *recorder { return awssim.StateOf[recorder](w, "", "") }

// SetDelay says how long after its call an event is seen, in simulated time. With
// 0 a client sees the event of a call that it
// has the answer of.
func SetDelay(w *awssim.World, d time.Duration) { recorderOf(w).delay.Store(int64(d)) }

// needsOf follows
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	name := awssim.Member(in, "Name")
	if name == "" {
		return nil
	}
	if !strings.HasPrefix(name, "arn:") {
		name = c.ARN("trail/" + name)
	}
	return []awssim.Need{{Action: "cloudtrail:" + c.Operation, Resource: name}}
}
