package ec2

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

// run is a call that was made under a client token.
type run struct {
	input       ec2.RunInstancesInput
	reservation string
}

func runInstances(c *awssim.Call, in *ec2.RunInstancesInput) (*ec2.RunInstancesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	if done, ok := st.runs[aws.ToString(in.ClientToken)]; ok && in.ClientToken != nil {
		if !reflect.DeepEqual(done.input, *in) {
			return nil, awssim.Errorf("IdempotentParameterMismatch", "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
		}
		return st.runOutput(c, done.reservation), nil
	}
	order, err := st.checkRun(c, in)
	if err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	reservation := newID("r")
	for index := range aws.ToInt32(in.MaxCount) {
		i := st.newInstance(c, in, order, index)
		i.reservation = reservation
		st.instances[*i.desc.InstanceId] = i
		st.order = append(st.order, *i.desc.InstanceId)
		i.begin(c, types.InstanceStateNamePending, instanceStarts, types.InstanceStateNameRunning)
		for _, spec := range in.TagSpecifications {
			switch spec.ResourceType {
			case types.ResourceTypeInstance:
				st.setTags(*i.desc.InstanceId, spec.Tags)
			case types.ResourceTypeVolume:
				st.setTags(*i.volume.VolumeId, spec.Tags)
			case types.ResourceTypeNetworkInterface:
				st.setTags(i.iface, spec.Tags)
			}
		}
	}
	if in.ClientToken != nil {
		st.runs[*in.ClientToken] = run{*in, reservation}
	}
	return st.runOutput(c, reservation), nil
}

// runOutput describes the instances of a reservation.
func (st *compute) runOutput(c *awssim.Call, reservation string) *ec2.RunInstancesOutput {
	out := &ec2.RunInstancesOutput{ReservationId: &reservation, OwnerId: &c.Account.ID}
	for _, id := range st.order {
		if i := st.instances[id]; i != nil && i.reservation == reservation {
			out.Instances = append(out.Instances, i.describe(c, st))
		}
	}
	return out
}

// runOrder is what a checked input asks for.
type runOrder struct {
	image   types.Image
	subnet  subnetOf
	groups  []types.GroupIdentifier
	profile awssim.InstanceProfile // without a name for none
}

// checkRun refuses what EC2 would refuse.
func (st *compute) checkRun(c *awssim.Call, in *ec2.RunInstancesInput) (runOrder, error) {
	var order runOrder
	low, high := aws.ToInt32(in.MinCount), aws.ToInt32(in.MaxCount)
	switch {
	case low < 1 || high < low:
		return order, awssim.Errorf("InvalidParameterValue", "Value (%d) for parameter minCount is invalid. It must be between 1 and maxCount.", low)
	case in.ImageId == nil:
		return order, awssim.Errorf("MissingParameter", "The request must contain the parameter ImageId")
	}
	if in.InstanceType == "" {
		in.InstanceType = types.InstanceTypeT3Micro
	}
	if !knownType(in.InstanceType) {
		return order, awssim.Errorf("InvalidParameterValue", "Invalid value '%s' for InstanceType.", in.InstanceType)
	}
	images := imagesOf(c.Region)
	at := slices.IndexFunc(images, func(i types.Image) bool { return *i.ImageId == *in.ImageId })
	if at < 0 {
		return order, awssim.Errorf("InvalidAMIID.NotFound", "The image id '[%s]' does not exist", *in.ImageId)
	}
	order.image = images[at]
	if err := st.checkExtras(in, *order.image.RootDeviceName); err != nil {
		return order, err
	}
	groups, err := st.chooseSubnet(in, &order)
	if err != nil {
		return order, err
	}
	for _, g := range groups {
		if g != st.network.group {
			return order, awssim.Errorf("InvalidGroup.NotFound", "The security group '%s' does not exist", g)
		}
	}
	order.groups = []types.GroupIdentifier{{GroupId: aws.String(st.network.group), GroupName: aws.String("default")}}
	order.profile, err = profileOf(c, in.IamInstanceProfile)
	return order, err
}

// chooseSubnet finds the subnet, and gives the security groups that stand beside it.
func (st *compute) chooseSubnet(in *ec2.RunInstancesInput, order *runOrder) (groups []string, err error) {
	subnet, groups := in.SubnetId, in.SecurityGroupIds
	if len(in.NetworkInterfaces) > 0 {
		subnet, groups = in.NetworkInterfaces[0].SubnetId, in.NetworkInterfaces[0].Groups
	}
	order.subnet = st.network.subnets[0]
	if in.Placement != nil && in.Placement.AvailabilityZone != nil {
		for _, s := range st.network.subnets {
			if s.zone == *in.Placement.AvailabilityZone {
				order.subnet = s
			}
		}
	}
	if subnet != nil {
		found, ok := st.network.subnet(*subnet)
		if !ok {
			return nil, noSuch("subnet", "InvalidSubnetID.NotFound", *subnet)
		}
		order.subnet = found
	}
	return groups, nil
}

// newInstance makes an instance with its volume and interface.
func (st *compute) newInstance(c *awssim.Call, in *ec2.RunInstancesInput, order runOrder, index int32) *machine {
	id, now, address := newID("i"), c.Now().UTC().Truncate(time.Second), st.network.address(order.subnet)
	dashed := strings.ReplaceAll(address, ".", "-")
	d := types.Instance{}
	awssim.Adopt(&d, in)
	d.InstanceId, d.LaunchTime, d.AmiLaunchIndex = &id, &now, &index
	d.Architecture, d.RootDeviceName, d.RootDeviceType = order.image.Architecture, order.image.RootDeviceName, types.DeviceTypeEbs
	d.VirtualizationType, d.Hypervisor, d.EnaSupport = types.VirtualizationTypeHvm, types.HypervisorTypeXen, aws.Bool(true)
	d.PlatformDetails, d.UsageOperation, d.UsageOperationUpdateTime = aws.String("Linux/UNIX"), aws.String("RunInstances"), &now
	d.VpcId, d.SubnetId, d.PrivateIpAddress, d.SecurityGroups = &st.network.vpc, aws.String(order.subnet.id), &address, order.groups
	d.PrivateDnsName = aws.String("ip-" + dashed + ".ec2.internal")
	if !addressless(in) {
		d.PublicIpAddress = aws.String("203.0.113." + address[strings.LastIndex(address, ".")+1:])
		d.PublicDnsName = aws.String("ec2-" + strings.ReplaceAll(*d.PublicIpAddress, ".", "-") + ".compute-1.amazonaws.com")
	}
	d.StateTransitionReason = aws.String("")
	fillInstance(&d, order, in)
	iface := newID("eni")
	i := &machine{
		desc: d, iface: iface, profileAt: now, volume: rootVolume(c, in, order, id, now),
		protected: aws.ToBool(in.DisableApiTermination), stopProtected: aws.ToBool(in.DisableApiStop),
		shutdown: string(in.InstanceInitiatedShutdownBehavior), userData: in.UserData, credits: "unlimited",
	}
	if i.shutdown == "" {
		i.shutdown = "stop"
	}
	if in.CreditSpecification != nil {
		i.credits = aws.ToString(in.CreditSpecification.CpuCredits)
	}
	if p := order.profile; p.Name != "" {
		i.desc.IamInstanceProfile = &types.IamInstanceProfile{Arn: &p.ARN, Id: &p.ID}
	}
	return i
}

// fillInstance fills in what a caller left to EC2.
func fillInstance(d *types.Instance, order runOrder, in *ec2.RunInstancesInput) {
	awssim.OrElse(&d.EbsOptimized, false)
	awssim.OrElse(&d.SourceDestCheck, true)
	d.Placement = &types.Placement{AvailabilityZone: aws.String(order.subnet.zone), Tenancy: types.TenancyDefault, GroupName: aws.String("")}
	if in.Placement != nil && in.Placement.Tenancy != "" {
		d.Placement.Tenancy = in.Placement.Tenancy
	}
	d.Monitoring = &types.Monitoring{State: types.MonitoringStateDisabled}
	if in.Monitoring != nil && aws.ToBool(in.Monitoring.Enabled) {
		d.Monitoring.State = types.MonitoringStateEnabled
	}
	for _, t := range instanceTypes {
		if t.name == d.InstanceType {
			d.CpuOptions = &types.CpuOptions{CoreCount: aws.Int32(t.cores), ThreadsPerCore: aws.Int32(t.cpus / t.cores)}
		}
	}
	d.HibernationOptions = &types.HibernationOptions{Configured: aws.Bool(in.HibernationOptions != nil && aws.ToBool(in.HibernationOptions.Configured))}
	d.EnclaveOptions = &types.EnclaveOptions{Enabled: aws.Bool(false)}
	d.MaintenanceOptions = &types.InstanceMaintenanceOptions{AutoRecovery: types.InstanceAutoRecoveryStateDefault}
	d.CapacityReservationSpecification = &types.CapacityReservationSpecificationResponse{CapacityReservationPreference: types.CapacityReservationPreferenceOpen}
	d.PrivateDnsNameOptions = &types.PrivateDnsNameOptionsResponse{
		HostnameType: types.HostnameTypeIpName, EnableResourceNameDnsARecord: aws.Bool(false), EnableResourceNameDnsAAAARecord: aws.Bool(false),
	}
	d.MetadataOptions = &types.InstanceMetadataOptionsResponse{
		State: types.InstanceMetadataOptionsStateApplied, HttpEndpoint: types.InstanceMetadataEndpointStateEnabled, HttpTokens: types.HttpTokensStateRequired,
		HttpPutResponseHopLimit: aws.Int32(2), HttpProtocolIpv6: types.InstanceMetadataProtocolStateDisabled, InstanceMetadataTags: types.InstanceMetadataTagsStateDisabled,
	}
	if o := in.MetadataOptions; o != nil {
		awssim.Adopt(d.MetadataOptions, o)
	}
}

// rootVolume makes the instance's volume.
func rootVolume(c *awssim.Call, in *ec2.RunInstancesInput, order runOrder, instance string, now time.Time) types.Volume {
	ebs, id := rootDevice(in, order), newID("vol")
	return types.Volume{
		VolumeId: &id, Size: ebs.VolumeSize, VolumeType: ebs.VolumeType, Iops: ebs.Iops, Throughput: ebs.Throughput, Encrypted: ebs.Encrypted,
		SnapshotId: ebs.SnapshotId, AvailabilityZone: aws.String(order.subnet.zone), CreateTime: &now, State: types.VolumeStateInUse,
		MultiAttachEnabled: aws.Bool(false),
		Attachments: []types.VolumeAttachment{{
			VolumeId: &id, InstanceId: &instance, Device: order.image.RootDeviceName, AttachTime: &now,
			State: types.VolumeAttachmentStateAttached, DeleteOnTermination: ebs.DeleteOnTermination,
		}},
	}
}

// rootDevice is what the image and the caller say of the instance's volume.
func rootDevice(in *ec2.RunInstancesInput, order runOrder) types.EbsBlockDevice {
	ebs := *order.image.BlockDeviceMappings[0].Ebs
	for _, m := range in.BlockDeviceMappings {
		if aws.ToString(m.DeviceName) == *order.image.RootDeviceName && m.Ebs != nil {
			awssim.Adopt(&ebs, m.Ebs)
		}
	}
	return ebs
}
