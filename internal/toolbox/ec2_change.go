package toolbox

import (
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
)

// ec2Order is what starting and stopping have in common.
type ec2Order struct {
	tool.Target
	IDs    []string `json:"instance_ids" jsonschema:"the instances" complete:"ec2.instance"`
	Wait   bool     `json:"wait,omitempty" jsonschema:"answer only when all have reached the state"`
	DryRun bool     `json:"dry_run,omitempty" jsonschema:"only ask EC2 whether it would be allowed"`
}

// Subject names the instances.
func (in ec2Order) Subject() string { return "instances " + strings.Join(in.IDs, ", ") }

type ec2StartInput struct{ ec2Order }

// Effect is that of this call: asking changes nothing.
func (in ec2StartInput) Effect() tool.Effect {
	if in.DryRun {
		return tool.Read
	}
	return tool.Write
}

type ec2StopInput struct {
	ec2Order
	Force     bool `json:"force,omitempty" jsonschema:"stop without letting the system shut down; file systems may be damaged"`
	Hibernate bool `json:"hibernate,omitempty" jsonschema:"keep the memory on the root volume" xor:"force"`
}

// Effect is that of this call: asking changes nothing.
func (in ec2StopInput) Effect() tool.Effect {
	if in.DryRun {
		return tool.Read
	}
	return tool.Destroy
}

// ec2Changed is how the instances of an order are.
type ec2Changed struct {
	Items   []ec2Change `json:"items"`
	Allowed bool        `json:"allowed,omitempty" jsonschema:"the answer to a dry run that EC2 would carry out"`

	waiting error // why the waiting ended before its time
}

// Verdict says that the order was accepted and the waiting for its end was not
// finished.
func (c ec2Changed) Verdict() error {
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

type ec2Change struct {
	ID     string `json:"instance_id" column:"INSTANCE"`
	Before string `json:"before,omitempty" column:"BEFORE" jsonschema:"the state before the call"`
	Now    string `json:"state" column:"STATE" jsonschema:"the state when the call answered"`
}

// Rows gives the changes for a table.
func (c ec2Changed) Rows() any {
	if c.Allowed {
		return []struct {
			Answer string `column:"DRY RUN"`
		}{{"would be allowed"}}
	}
	return c.Items
}

func (b *Box) ec2StartTool() *tool.Tool {
	return tool.WithPreview(declare(tool.Info{
		Name: "ec2.start", Summary: "Start instances", Description: "An instance that runs already is left alone.",
		Effect: tool.Write, Idempotent: true, Args: []string{"instance_ids"}, Timeout: 20 * time.Minute,
		Needs: []tool.Need{
			{Action: "ec2:StartInstances", Resource: instanceResource},
			{Action: "ec2:DescribeInstances", Resource: anyResource, When: "wait is given, or a person is asked"},
		},
		Examples: []tool.Example{
			{Does: "start an instance and wait for it", Input: `{"instance_ids": ["i-0123456789abcdef0"], "wait": true}`},
			{Does: "ask whether that would be allowed", Input: `{"instance_ids": ["i-0123456789abcdef0"], "dry_run": true}`},
		},
	}, b.ec2Start), func(ctx context.Context, _ *tool.Call, in ec2StartInput) tool.Preview {
		return in.preview(ctx, b, "Start")
	})
}

func (b *Box) ec2StopTool() *tool.Tool {
	return tool.WithPreview(declare(tool.Info{
		Name: "ec2.stop", Summary: "Stop instances",
		Description: "What runs on them is interrupted, instance store volumes are lost, and public addresses that are not Elastic IPs change.",
		Effect:      tool.Destroy, Idempotent: true, Args: []string{"instance_ids"}, Timeout: 20 * time.Minute,
		Needs: []tool.Need{
			{Action: "ec2:StopInstances", Resource: instanceResource},
			{Action: "ec2:DescribeInstances", Resource: anyResource, When: "wait is given, or a person is asked"},
		},
		Examples: []tool.Example{
			{Does: "stop two instances", Input: `{"instance_ids": ["i-0123456789abcdef0", "i-0fedcba9876543210"]}`},
			{Does: "hibernate one and wait until it is stopped", Input: `{"instance_ids": ["i-0123456789abcdef0"], "hibernate": true, "wait": true}`},
		},
	}, b.ec2Stop), func(ctx context.Context, _ *tool.Call, in ec2StopInput) tool.Preview {
		return in.preview(ctx, b, in.verb())
	})
}

// verb says in a question how the instances are stopped.
func (in ec2StopInput) verb() string {
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
func (b *Box) ec2Start(ctx context.Context, call *tool.Call, in ec2StartInput) (ec2Changed, error) {
	return b.ec2Carry(ctx, call, in.ec2Order, types.InstanceStateNameRunning,
		func(client *ec2.Client) ([]types.InstanceStateChange, error) {
			out, err := client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: in.IDs, DryRun: flag(in.DryRun)})
			if err != nil {
				return nil, err
			}
			return out.StartingInstances, nil
		})
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
func (b *Box) ec2Stop(ctx context.Context, call *tool.Call, in ec2StopInput) (ec2Changed, error) {
	return b.ec2Carry(ctx, call, in.ec2Order, types.InstanceStateNameStopped,
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

// flag gives EC2 a switch only where it is on.
func flag(on bool) *bool {
	if !on {
		return nil
	}
	return &on
}

// ec2Carry carries an order out and, where asked, waits for its end.
func (b *Box) ec2Carry(ctx context.Context, call *tool.Call, order ec2Order, goal types.InstanceStateName,
	change func(*ec2.Client) ([]types.InstanceStateChange, error),
) (ec2Changed, error) {
	s, err := b.session(ctx, order.Target)
	if err != nil {
		return ec2Changed{}, err
	}
	client := ec2Client(s)
	changes, err := change(client)
	if order.DryRun && wouldSucceed(err) {
		return ec2Changed{Items: []ec2Change{}, Allowed: true}, nil
	}
	if err != nil {
		return ec2Changed{}, err
	}
	out := ec2Changed{Items: []ec2Change{}}
	for _, c := range changes {
		out.Items = append(out.Items, ec2Change{
			ID: aws.ToString(c.InstanceId), Before: string(c.PreviousState.Name), Now: string(c.CurrentState.Name),
		})
	}
	if order.Wait {
		out.waiting = out.await(ctx, call, client, goal)
	}
	return out, nil
}

// wouldSucceed reports EC2's way of saying yes to a dry run.
func wouldSucceed(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "DryRunOperation"
}

// waitPace is the time between two looks at instances that change.
const waitPace = 2 * time.Second

// await looks at the instances until all are in the goal's state.
func (c *ec2Changed) await(ctx context.Context, call *tool.Call, client *ec2.Client, goal types.InstanceStateName) error {
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

// note keeps the instances' states and counts those in the goal's. One that was
// terminated meanwhile can no longer reach it.
func (c *ec2Changed) note(reservations []types.Reservation, goal types.InstanceStateName) (reached int, err error) {
	for _, r := range reservations {
		for _, i := range r.Instances {
			at := slices.IndexFunc(c.Items, func(x ec2Change) bool { return x.ID == aws.ToString(i.InstanceId) })
			if at < 0 {
				continue
			}
			c.Items[at].Now = string(i.State.Name)
			switch i.State.Name {
			case goal:
				reached++
			case types.InstanceStateNameTerminated:
				err = fault.New(fault.Conflict, "instance %s was terminated while it should become %s", c.Items[at].ID, goal).
					WithCause("%s", instanceReason(i)).WithFix("see hawser ec2 describe %s", c.Items[at].ID)
			}
		}
	}
	return reached, err
}

func instanceReason(i types.Instance) string {
	if i.StateReason == nil {
		return "EC2 gives no reason"
	}
	return aws.ToString(i.StateReason.Message)
}
