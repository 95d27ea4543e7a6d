package ec2

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// preview names the instances and their states, by one call.
func (in changeInput) preview(ctx context.Context, b *box, verb string) tool.Preview {
	known, err := b.states(ctx, in)
	if err := kit.Refused(err); err != nil {
		return tool.Preview{Err: err}
	}
	named := make([]string, len(in.IDs))
	for i, id := range in.IDs {
		named[i] = text.Name(id)
		if now, ok := known[id]; ok {
			named[i] = now
		}
	}
	does := fmt.Sprintf("%s %s: %s", verb, kit.Count(len(in.IDs), "instance"), kit.Enumerate(named))
	if err != nil {
		does += " (" + kit.NotRead(ctx, err) + ")"
	}
	return tool.Preview{Does: does}
}

// states describes the instances of an order for a person, by id.
//
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
func (b *box) states(ctx context.Context, in changeInput) (map[string]string, error) {
	s, err := b.Session(ctx, in.Target)
	if err != nil {
		return nil, err
	}
	out, err := newClient(s).DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: in.IDs})
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	for _, r := range out.Reservations {
		for _, i := range r.Instances {
			known[aws.ToString(i.InstanceId)] = standing(instanceOf(s, i))
		}
	}
	return known, nil
}

// standing describes an instance in a question: its name, id and state.
func standing(i instanceRow) string {
	if i.Name == "" {
		return fmt.Sprintf("%s (%s)", text.Name(i.ID), text.Name(i.State))
	}
	return fmt.Sprintf("%s (%s, %s)", text.Name(i.Name), text.Name(i.ID), text.Name(i.State))
}
