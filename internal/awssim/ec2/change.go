package ec2

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

var instanceIDForm = regexp.MustCompile(`^i-([0-9a-f]{8}|[0-9a-f]{17})$`)

// named finds the instances of ids; each must exist, and none twice.
func (st *compute) named(c *awssim.Call, ids []string) ([]*machine, error) {
	var found []*machine
	var missing []string
	for _, id := range ids {
		if !instanceIDForm.MatchString(id) {
			return nil, awssim.Errorf("InvalidInstanceID.Malformed", "Invalid id: \"%s\"", id)
		}
		i := st.instances[id]
		if i == nil || i.forgotten(c) {
			missing = append(missing, id)
			continue
		}
		found = append(found, i)
	}
	switch len(missing) {
	case 0:
		return found, nil
	case 1:
		return nil, awssim.Errorf("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", missing[0])
	default:
		return nil, awssim.Errorf("InvalidInstanceID.NotFound", "The instance IDs '%s' do not exist", strings.Join(missing, ", "))
	}
}

// instanceChange is one kind of change of state: the states that it may begin in, and
// those in which there is nothing to do.
type instanceChange struct {
	verb     string
	from, at []types.InstanceStateName
	begin    func(i *machine)
}

// apply changes all instances, or none where one cannot be changed.
func (st *compute) apply(c *awssim.Call, ids []string, dry *bool, change instanceChange) ([]types.InstanceStateChange, error) {
	if len(ids) == 0 {
		return nil, awssim.Errorf("MissingParameter", "The request must contain the parameter InstanceId")
	}
	found, err := st.named(c, ids)
	if err != nil {
		return nil, err
	}
	for _, i := range found {
		if s := i.state(c.Now()); !oneOf(s, change.from) && !oneOf(s, change.at) {
			return nil, awssim.Errorf("IncorrectInstanceState", "The instance '%s' is not in a state from which it can be %s.", *i.desc.InstanceId, change.verb)
		}
	}
	if err := dryRun(dry); err != nil {
		return nil, err
	}
	var changes []types.InstanceStateChange
	for _, i := range found {
		before := i.state(c.Now())
		if oneOf(before, change.from) {
			change.begin(i)
		}
		changes = append(changes, types.InstanceStateChange{
			InstanceId: i.desc.InstanceId, PreviousState: stateOf(before), CurrentState: stateOf(i.state(c.Now())),
		})
	}
	return changes, nil
}

func oneOf(state types.InstanceStateName, states []types.InstanceStateName) bool {
	for _, s := range states {
		if s == state {
			return true
		}
	}
	return false
}

func startInstances(c *awssim.Call, in *ec2.StartInstancesInput) (*ec2.StartInstancesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	changes, err := st.apply(c, in.InstanceIds, in.DryRun, instanceChange{
		verb: "started", from: []types.InstanceStateName{types.InstanceStateNameStopped},
		at: []types.InstanceStateName{types.InstanceStateNameRunning, types.InstanceStateNamePending},
		begin: func(i *machine) {
			i.desc.StateReason, i.desc.StateTransitionReason = nil, aws.String("")
			launched := c.Now().UTC()
			i.desc.LaunchTime = &launched
			i.begin(c, types.InstanceStateNamePending, instanceStarts, types.InstanceStateNameRunning)
		},
	})
	return &ec2.StartInstancesOutput{StartingInstances: changes}, err
}

func stopInstances(c *awssim.Call, in *ec2.StopInstancesInput) (*ec2.StopInstancesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	for _, id := range in.InstanceIds {
		i := st.instances[id]
		switch {
		case i == nil:
		case i.stopProtected:
			return nil, awssim.Errorf("OperationNotPermitted", "The instance '%s' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.", id)
		case aws.ToBool(in.Hibernate) && !aws.ToBool(i.desc.HibernationOptions.Configured):
			return nil, awssim.Errorf("UnsupportedHibernationConfiguration", "The instance '%s' is not configured for hibernation", id)
		}
	}
	takes := instanceStops
	if aws.ToBool(in.Force) {
		takes = instanceForced
	}
	changes, err := st.apply(c, in.InstanceIds, in.DryRun, instanceChange{
		verb: "stopped", from: []types.InstanceStateName{types.InstanceStateNameRunning},
		at: []types.InstanceStateName{types.InstanceStateNameStopped, types.InstanceStateNameStopping},
		begin: func(i *machine) {
			i.desc.StateReason = &types.StateReason{Code: aws.String("Client.UserInitiatedShutdown"), Message: aws.String("Client.UserInitiatedShutdown: User initiated shutdown")}
			i.desc.StateTransitionReason = aws.String("User initiated (" + c.Now().UTC().Format("2006-01-02 15:04:05 GMT") + ")")
			i.begin(c, types.InstanceStateNameStopping, takes, types.InstanceStateNameStopped)
		},
	})
	return &ec2.StopInstancesOutput{StoppingInstances: changes}, err
}

func terminateInstances(c *awssim.Call, in *ec2.TerminateInstancesInput) (*ec2.TerminateInstancesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	for _, id := range in.InstanceIds {
		if i := st.instances[id]; i != nil && i.protected {
			return nil, awssim.Errorf("OperationNotPermitted", "The instance '%s' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.", id)
		}
	}
	changes, err := st.apply(c, in.InstanceIds, in.DryRun, instanceChange{
		verb: "terminated",
		from: []types.InstanceStateName{types.InstanceStateNamePending, types.InstanceStateNameRunning, types.InstanceStateNameStopping, types.InstanceStateNameStopped},
		at:   []types.InstanceStateName{types.InstanceStateNameShuttingDown, types.InstanceStateNameTerminated},
		begin: func(i *machine) {
			i.begin(c, types.InstanceStateNameShuttingDown, instanceTerminates, types.InstanceStateNameTerminated)
		},
	})
	return &ec2.TerminateInstancesOutput{TerminatingInstances: changes}, err
}

func rebootInstances(c *awssim.Call, in *ec2.RebootInstancesInput) (*ec2.RebootInstancesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	_, err := st.apply(c, in.InstanceIds, in.DryRun, instanceChange{
		verb: "rebooted", from: []types.InstanceStateName{types.InstanceStateNameRunning}, begin: func(*machine) {},
	})
	return &ec2.RebootInstancesOutput{}, err
}
