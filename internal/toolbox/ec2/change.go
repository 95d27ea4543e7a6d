package ec2

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// changeInput is the input that starting and stopping share.
type changeInput struct {
	tool.Target
	IDs    []string `json:"instance_ids" jsonschema:"the instances" complete:"ec2.instance"`
	Wait   bool     `json:"wait,omitempty" jsonschema:"answer only when all have reached the state"`
	DryRun bool     `json:"dry_run,omitempty" jsonschema:"only ask EC2 whether it would be allowed"`
}

// Subject names the instances.
func (in changeInput) Subject() string { return "instances " + strings.Join(in.IDs, ", ") }

type startInput struct{ changeInput }

// Effect is that of this call: asking changes nothing.
func (in startInput) Effect() tool.Effect {
	if in.DryRun {
		return tool.Read
	}
	return tool.Write
}

type stopInput struct {
	changeInput
	Force     bool `json:"force,omitempty" jsonschema:"stop without letting the system shut down; file systems may be damaged"`
	Hibernate bool `json:"hibernate,omitempty" jsonschema:"keep the memory on the root volume" xor:"force"`
}

// Effect is that of this call: asking changes nothing.
func (in stopInput) Effect() tool.Effect {
	if in.DryRun {
		return tool.Read
	}
	return tool.Destroy
}

// changed is how the instances of an order are.
type changed struct {
	Items   []stateChange `json:"items"`
	Allowed bool          `json:"allowed,omitempty" jsonschema:"the answer to a dry run that EC2 would carry out"`

	waiting error // why the waiting ended before its time
}

// Verdict says that the order was accepted and the waiting for its end was not
// finished.
func (c changed) Verdict() error {
	if c.waiting == nil {
		return nil
	}
	f := *awserr.Fault(c.waiting)
	f.Cause = strings.TrimSuffix(f.Message+": "+f.Cause, ": ")
	f.Message = "EC2 accepted the order; only the waiting for its end was cut off"
	if f.Kind == fault.Timeout || f.Kind == fault.Canceled {
		f.Fix = ""
	}
	f.Fix = strings.TrimSuffix("look how far it has come with hawser ec2 list; "+f.Fix, "; ")
	return &f
}

type stateChange struct {
	ID     string `json:"instance_id" column:"INSTANCE"`
	Before string `json:"before,omitempty" column:"BEFORE" jsonschema:"the state before the call"`
	Now    string `json:"state" column:"STATE" jsonschema:"the state when the call answered"`
}

// Rows returns the changes for a table.
func (c changed) Rows() any {
	if c.Allowed {
		return []struct {
			Answer string `column:"DRY RUN"`
		}{{"would be allowed"}}
	}
	return c.Items
}

func (b *box) startTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name: "ec2.start", Items: "instances", Summary: "Start instances", Description: "An instance that is already running is not changed.",
		Effect: tool.Write, Idempotent: true, Args: []string{"instance_ids"}, Timeout: 20 * time.Minute,
		Forms: []tool.Form{{Verb: "start-instances"}},
		Needs: []tool.Need{
			{Action: "ec2:StartInstances", Resource: instanceResource},
			{Action: "ec2:DescribeInstances", Resource: kit.AnyResource, When: tool.Condition{Given: []string{"wait"}}},
			{Action: "ec2:DescribeInstances", Resource: kit.AnyResource, When: tool.Condition{Asked: true}},
		},
		Examples: []tool.Example{
			{Does: "start an instance and wait for it", Input: `{"instance_ids": ["i-0123456789abcdef0"], "wait": true}`},
			{Does: "ask whether that would be allowed", Input: `{"instance_ids": ["i-0123456789abcdef0"], "dry_run": true}`},
		},
	}, b.start), func(ctx context.Context, _ *tool.Call, in startInput) tool.Preview {
		return in.preview(ctx, b, "Start")
	})
}

func (b *box) stopTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name: "ec2.stop", Items: "instances", Summary: "Stop instances",
		Description: "Processes on the instances are interrupted, data on instance store volumes is lost, and public addresses that are not Elastic IP addresses change.",
		Effect:      tool.Destroy, Idempotent: true, Args: []string{"instance_ids"}, Timeout: 20 * time.Minute,
		Forms: []tool.Form{{Verb: "stop-instances"}},
		Needs: []tool.Need{
			{Action: "ec2:StopInstances", Resource: instanceResource},
			{Action: "ec2:DescribeInstances", Resource: kit.AnyResource, When: tool.Condition{Given: []string{"wait"}}},
			{Action: "ec2:DescribeInstances", Resource: kit.AnyResource, When: tool.Condition{Asked: true}},
		},
		Examples: []tool.Example{
			{Does: "stop two instances", Input: `{"instance_ids": ["i-0123456789abcdef0", "i-0fedcba9876543210"]}`},
			{Does: "hibernate one and wait until it is stopped", Input: `{"instance_ids": ["i-0123456789abcdef0"], "hibernate": true, "wait": true}`},
		},
	}, b.stop), func(ctx context.Context, _ *tool.Call, in stopInput) tool.Preview {
		return in.preview(ctx, b, in.verb())
	})
}

// verb says in a question how the instances are stopped.
func (in stopInput) verb() string {
	switch {
	case in.Force:
		return "Stop, without a shutdown,"
	case in.Hibernate:
		return "Hibernate"
	default:
		return "Stop"
	}
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html
func (b *box) start(ctx context.Context, call *tool.Call, in startInput) (changed, error) {
	return b.carry(ctx, call, in.changeInput, types.InstanceStateNameRunning,
		func(client *ec2.Client) ([]types.InstanceStateChange, error) {
			out, err := client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: in.IDs, DryRun: flag(in.DryRun)})
			if err != nil {
				return nil, err
			}
			return out.StartingInstances, nil
		})
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
func (b *box) stop(ctx context.Context, call *tool.Call, in stopInput) (changed, error) {
	return b.carry(ctx, call, in.changeInput, types.InstanceStateNameStopped,
		func(client *ec2.Client) ([]types.InstanceStateChange, error) {
			out, err := client.StopInstances(ctx, &ec2.StopInstancesInput{
				InstanceIds: in.IDs, DryRun: flag(in.DryRun), Force: flag(in.Force), Hibernate: flag(in.Hibernate),
			})
			if err != nil {
				return nil, err
			}
			return out.StoppingInstances, nil
		})
}

// flag returns EC2 a switch only where it is on.
func flag(on bool) *bool {
	if !on {
		return nil
	}
	return &on
}

// carry carries an order out and, where asked, waits for its end.
func (b *box) carry(ctx context.Context, call *tool.Call, order changeInput, goal types.InstanceStateName,
	change func(*ec2.Client) ([]types.InstanceStateChange, error),
) (changed, error) {
	s, err := b.Session(ctx, order.Target)
	if err != nil {
		return changed{}, err
	}
	client := newClient(s)
	changes, err := change(client)
	if order.DryRun && wouldSucceed(err) {
		return changed{Items: []stateChange{}, Allowed: true}, nil
	}
	if err != nil {
		return changed{}, err
	}
	if err := sameInstances(order.IDs, changes); err != nil {
		return changed{}, err
	}
	out := changed{Items: []stateChange{}}
	for _, c := range changes {
		out.Items = append(out.Items, stateChange{
			ID: aws.ToString(c.InstanceId), Before: string(stateOf(c.PreviousState)), Now: string(stateOf(c.CurrentState)),
		})
	}
	if order.Wait {
		out.waiting = out.await(ctx, call, client, goal)
	}
	return out, nil
}

// sameInstances returns an error if EC2 answered about other instances than those of the
// order. Whether the order was carried out is then unknown.
func sameInstances(ordered []string, changes []types.InstanceStateChange) error {
	var answered []string
	for _, c := range changes {
		answered = append(answered, aws.ToString(c.InstanceId))
	}
	if slices.Equal(sorted(ordered), sorted(answered)) {
		return nil
	}
	return otherInstances(ordered, answered).WithOutcomeUnknown()
}

// sorted returns the values in order, each once.
func sorted(values []string) []string { return slices.Compact(slices.Sorted(slices.Values(values))) }

// otherInstances is the error for an answer about other instances than those that were
// asked for.
func otherInstances(asked, answered []string) *fault.Error {
	return fault.New(fault.Endpoint, "the answer is not about the instances that were asked for").
		WithCause("asked for %s, answered %s", strings.Join(asked, ", "), cmp.Or(strings.Join(answered, ", "), "none")).
		WithFix("check endpoint and proxy of the connection")
}

// wouldSucceed reports whether EC2 answered a dry run with success.
func wouldSucceed(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "DryRunOperation"
}

// waitPace is the time between two looks at instances that change.
const waitPace = 2 * time.Second

// await looks at the instances until all are in the goal's state.
func (c *changed) await(ctx context.Context, call *tool.Call, client *ec2.Client, goal types.InstanceStateName) error {
	ask := &ec2.DescribeInstancesInput{}
	for _, item := range c.Items {
		ask.InstanceIds = append(ask.InstanceIds, item.ID)
	}
	for {
		out, err := client.DescribeInstances(ctx, ask)
		if err != nil {
			return err
		}
		reached, err := c.note(out.Reservations, goal)
		call.Progress(tool.Progress{Subject: "instances " + string(goal), Done: int64(reached), Total: int64(len(c.Items)), Unit: "instances"})
		if err != nil || reached == len(c.Items) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(waitPace):
		}
	}
}

// note records the instances' states and counts those that reached the goal. An
// instance that was terminated meanwhile can no longer reach it.
func (c *changed) note(reservations []types.Reservation, goal types.InstanceStateName) (reached int, err error) {
	for _, r := range reservations {
		for _, i := range r.Instances {
			at := slices.IndexFunc(c.Items, func(x stateChange) bool { return x.ID == aws.ToString(i.InstanceId) })
			if at < 0 {
				continue
			}
			now := stateOf(i.State)
			c.Items[at].Now = string(now)
			switch now {
			case goal:
				reached++
			case types.InstanceStateNameTerminated:
				err = fault.New(fault.Conflict, "instance %s was terminated before it became %s", c.Items[at].ID, goal).
					WithCause("%s", instanceReason(i)).WithFix("see hawser ec2 describe %s", c.Items[at].ID)
			}
		}
	}
	return reached, err
}

// stateOf returns the name of a state, or "" for a state that EC2 did not tell.
func stateOf(s *types.InstanceState) types.InstanceStateName {
	if s == nil {
		return ""
	}
	return s.Name
}

func instanceReason(i types.Instance) string {
	if i.StateReason == nil {
		return "EC2 gives no reason"
	}
	return aws.ToString(i.StateReason.Message)
}
