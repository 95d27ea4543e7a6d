package ec2

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

// How long changes of state take on AWS, roughly; the World's time scale
// shortens them.
const (
	instanceStarts     = 15 * time.Second
	instanceStops      = 20 * time.Second
	instanceForced     = 5 * time.Second
	instanceTerminates = 20 * time.Second
	instanceForgotten  = time.Hour // how long a terminated one is still shown
	statusPasses       = time.Minute
)

// machine is one instance, kept as EC2 describes it, with what it is
// passing through.
type machine struct {
	desc        types.Instance
	reservation string
	volume      types.Volume
	iface       string // id of its network interface
	profileAt   time.Time

	passing types.InstanceStateName
	until   time.Time
	stays   types.InstanceStateName

	protected     bool // from termination
	stopProtected bool
	shutdown      string // what a shutdown from inside does
	userData      *string
	credits       string
}

// state is the state now.
func (i *machine) state(now time.Time) types.InstanceStateName {
	if now.Before(i.until) {
		return i.passing
	}
	return i.stays
}

// begin starts a change of state that takes a time.
func (i *machine) begin(c *awssim.Call, passing types.InstanceStateName, takes time.Duration, stays types.InstanceStateName) {
	i.passing, i.stays = passing, stays
	i.until = c.Now().Add(c.World.Clock.Scaled(takes))
}

// stateCodes are the numbers that stand beside the names.
//
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html
var stateCodes = map[types.InstanceStateName]int32{
	types.InstanceStateNamePending: 0, types.InstanceStateNameRunning: 16, types.InstanceStateNameShuttingDown: 32,
	types.InstanceStateNameTerminated: 48, types.InstanceStateNameStopping: 64, types.InstanceStateNameStopped: 80,
}

func stateOf(name types.InstanceStateName) *types.InstanceState {
	return &types.InstanceState{Name: name, Code: aws.Int32(stateCodes[name])}
}

// forgotten reports a terminated instance that is shown no more.
func (i *machine) forgotten(c *awssim.Call) bool {
	return i.stays == types.InstanceStateNameTerminated && c.Now().After(i.until.Add(c.World.Clock.Scaled(instanceForgotten)))
}

// describe gives the instance as it is now.
func (i *machine) describe(c *awssim.Call, st *compute) types.Instance {
	d := i.desc
	state := i.state(c.Now())
	d.State, d.Tags, d.ProductCodes = stateOf(state), st.tagList(*d.InstanceId), []types.ProductCode{}
	if state != types.InstanceStateNameRunning && state != types.InstanceStateNamePending && state != types.InstanceStateNameStopping {
		d.PublicIpAddress, d.PublicDnsName = nil, aws.String("")
	}
	if state == types.InstanceStateNameTerminated {
		d.VpcId, d.SubnetId, d.PrivateIpAddress, d.SecurityGroups = nil, nil, nil, nil
		d.PrivateDnsName = aws.String("")
		return d
	}
	d.NetworkInterfaces = []types.InstanceNetworkInterface{i.instanceInterface(c, d)}
	d.BlockDeviceMappings = []types.InstanceBlockDeviceMapping{{
		DeviceName: d.RootDeviceName, Ebs: &types.EbsInstanceBlockDevice{
			VolumeId: i.volume.VolumeId, Status: types.AttachmentStatusAttached, AttachTime: d.LaunchTime,
			DeleteOnTermination: i.volume.Attachments[0].DeleteOnTermination,
		},
	}}
	return d
}

// instanceInterface is the interface of an instance that is described as d.
func (i *machine) instanceInterface(c *awssim.Call, d types.Instance) types.InstanceNetworkInterface {
	var public *types.InstanceNetworkInterfaceAssociation
	if d.PublicIpAddress != nil {
		public = &types.InstanceNetworkInterfaceAssociation{
			IpOwnerId: aws.String("amazon"), PublicIp: d.PublicIpAddress, PublicDnsName: d.PublicDnsName,
		}
	}
	return types.InstanceNetworkInterface{
		NetworkInterfaceId: &i.iface, SubnetId: d.SubnetId, VpcId: d.VpcId, OwnerId: &c.Account.ID, PrivateIpAddress: d.PrivateIpAddress,
		PrivateDnsName: d.PrivateDnsName, Status: types.NetworkInterfaceStatusInUse, SourceDestCheck: d.SourceDestCheck, Groups: d.SecurityGroups,
		InterfaceType: aws.String("interface"), Description: aws.String(""), MacAddress: aws.String("02:00:00:00:00:01"),
		Attachment: &types.InstanceNetworkInterfaceAttachment{
			AttachmentId: aws.String(stableID("eni-attach", i.iface)), DeviceIndex: aws.Int32(0), NetworkCardIndex: aws.Int32(0),
			Status: types.AttachmentStatusAttached, DeleteOnTermination: aws.Bool(true), AttachTime: d.LaunchTime,
		},
		Association: public, Ipv6Addresses: []types.InstanceIpv6Address{},
		PrivateIpAddresses: []types.InstancePrivateIpAddress{{
			Primary: aws.Bool(true), PrivateIpAddress: d.PrivateIpAddress, PrivateDnsName: d.PrivateDnsName, Association: public,
		}},
	}
}

// fields are what filters can ask of the instance.
func (i *machine) fields(c *awssim.Call, st *compute) fields {
	d := i.describe(c, st)
	values := map[string][]string{
		"instance-id": {*d.InstanceId}, "instance-state-name": {string(d.State.Name)}, "instance-type": {string(d.InstanceType)},
		"image-id": {*d.ImageId}, "vpc-id": {aws.ToString(d.VpcId)}, "subnet-id": {aws.ToString(d.SubnetId)},
		"availability-zone": {*d.Placement.AvailabilityZone}, "private-ip-address": {aws.ToString(d.PrivateIpAddress)},
		"private-dns-name": {aws.ToString(d.PrivateDnsName)}, "ip-address": {aws.ToString(d.PublicIpAddress)},
		"key-name": {aws.ToString(d.KeyName)}, "architecture": {string(d.Architecture)}, "reservation-id": {i.reservation},
		"client-token": {aws.ToString(d.ClientToken)}, "owner-id": {c.Account.ID}, "root-device-name": {aws.ToString(d.RootDeviceName)},
		"monitoring-state": {string(d.Monitoring.State)}, "tenancy": {string(d.Placement.Tenancy)}, "iam-instance-profile.arn": nil,
		"network-interface.network-interface-id": {i.iface}, "block-device-mapping.volume-id": {*i.volume.VolumeId},
		"launch-time": {d.LaunchTime.UTC().Format("2006-01-02T15:04:05.000Z")}, "instance.group-id": nil, "instance.group-name": nil,
	}
	if d.IamInstanceProfile != nil {
		values["iam-instance-profile.arn"] = []string{aws.ToString(d.IamInstanceProfile.Arn)}
	}
	for _, g := range d.SecurityGroups {
		values["instance.group-id"] = append(values["instance.group-id"], *g.GroupId)
		values["instance.group-name"] = append(values["instance.group-name"], *g.GroupName)
	}
	return fields{id: *d.InstanceId, values: values, tags: st.tags[*d.InstanceId]}
}
