package ec2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

// shown gives the instances that ids name and filters let through, oldest
// first; without ids, terminated ones that are forgotten are left out.
func (st *compute) shown(c *awssim.Call, ids []string, filters []types.Filter) ([]*machine, error) {
	if _, err := st.named(c, ids); err != nil {
		return nil, err
	}
	var all []*machine
	for _, id := range st.order {
		if i := st.instances[id]; !i.forgotten(c) {
			all = append(all, i)
		}
	}
	return chosen(all, ids, filters, "InvalidInstanceID.NotFound", "instance", func(i *machine) fields { return i.fields(c, st) })
}

func describeInstances(c *awssim.Call, in *ec2.DescribeInstancesInput) (*ec2.DescribeInstancesOutput, error) {
	if len(in.InstanceIds) > 0 && in.MaxResults != nil {
		return nil, awssim.Errorf("InvalidParameterCombination", "The parameter instancesSet cannot be used with the parameter maxResults")
	}
	st := of(c)
	defer st.mu.Unlock()
	all, err := st.shown(c, in.InstanceIds, in.Filters)
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeInstancesOutput{NextToken: next}
	for _, i := range page {
		at := slices.IndexFunc(out.Reservations, func(r types.Reservation) bool { return *r.ReservationId == i.reservation })
		if at < 0 {
			out.Reservations = append(out.Reservations, types.Reservation{ReservationId: aws.String(i.reservation), OwnerId: &c.Account.ID})
			at = len(out.Reservations) - 1
		}
		out.Reservations[at].Instances = append(out.Reservations[at].Instances, i.describe(c, st))
	}
	return out, nil
}

func describeInstanceStatus(c *awssim.Call, in *ec2.DescribeInstanceStatusInput) (*ec2.DescribeInstanceStatusOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	all, err := st.shown(c, in.InstanceIds, in.Filters)
	if err != nil {
		return nil, err
	}
	if !aws.ToBool(in.IncludeAllInstances) {
		all = slices.DeleteFunc(all, func(i *machine) bool { return i.state(c.Now()) != types.InstanceStateNameRunning })
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	out := &ec2.DescribeInstanceStatusOutput{NextToken: next}
	for _, i := range page {
		out.InstanceStatuses = append(out.InstanceStatuses, i.status(c))
	}
	return out, err
}

// status is what the two status checks say: nothing while the instance does
// not run, and initializing for its first minute.
func (i *machine) status(c *awssim.Call) types.InstanceStatus {
	state := i.state(c.Now())
	summary, detail := types.SummaryStatusNotApplicable, types.StatusType("")
	switch {
	case state == types.InstanceStateNameRunning && c.Now().Before(i.until.Add(c.World.Clock.Scaled(statusPasses))):
		summary, detail = types.SummaryStatusInitializing, types.StatusTypeInitializing
	case state == types.InstanceStateNameRunning:
		summary, detail = types.SummaryStatusOk, types.StatusTypePassed
	}
	check := &types.InstanceStatusSummary{Status: summary}
	if detail != "" {
		check.Details = []types.InstanceStatusDetails{{Name: types.StatusNameReachability, Status: detail}}
	}
	return types.InstanceStatus{
		InstanceId: i.desc.InstanceId, AvailabilityZone: i.desc.Placement.AvailabilityZone, InstanceState: stateOf(state),
		InstanceStatus: check, SystemStatus: check, AttachedEbsStatus: &types.EbsStatusSummary{Status: summary},
	}
}

func describeVolumes(c *awssim.Call, in *ec2.DescribeVolumesInput) (*ec2.DescribeVolumesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	var volumes []types.Volume
	for _, id := range st.order {
		if i := st.instances[id]; i.state(c.Now()) != types.InstanceStateNameTerminated {
			v := i.volume
			v.Tags = st.tagList(*v.VolumeId)
			volumes = append(volumes, v)
		}
	}
	all, err := chosen(volumes, in.VolumeIds, in.Filters, "InvalidVolume.NotFound", "volume", func(v types.Volume) fields {
		a := v.Attachments[0]
		return fields{id: *v.VolumeId, tags: st.tags[*v.VolumeId], values: map[string][]string{
			"volume-id": {*v.VolumeId}, "attachment.instance-id": {*a.InstanceId}, "attachment.device": {*a.Device}, "status": {string(v.State)},
			"attachment.status": {"attached"}, "availability-zone": {*v.AvailabilityZone}, "volume-type": {string(v.VolumeType)},
		}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	return &ec2.DescribeVolumesOutput{Volumes: page, NextToken: next}, err
}

func describeInterfaces(c *awssim.Call, in *ec2.DescribeNetworkInterfacesInput) (*ec2.DescribeNetworkInterfacesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	var interfaces []types.NetworkInterface
	for _, id := range st.order {
		i := st.instances[id]
		if i.state(c.Now()) == types.InstanceStateNameTerminated {
			continue
		}
		interfaces = append(interfaces, types.NetworkInterface{
			NetworkInterfaceId: &i.iface, SubnetId: i.desc.SubnetId, VpcId: i.desc.VpcId, OwnerId: &c.Account.ID, Groups: i.desc.SecurityGroups,
			PrivateIpAddress: i.desc.PrivateIpAddress, Status: types.NetworkInterfaceStatusInUse, SourceDestCheck: i.desc.SourceDestCheck,
			AvailabilityZone: i.desc.Placement.AvailabilityZone, InterfaceType: types.NetworkInterfaceTypeInterface, TagSet: st.tagList(i.iface),
			Attachment: &types.NetworkInterfaceAttachment{
				InstanceId: i.desc.InstanceId, InstanceOwnerId: &c.Account.ID, DeviceIndex: aws.Int32(0), Status: types.AttachmentStatusAttached,
				AttachmentId: aws.String(stableID("eni-attach", i.iface)), DeleteOnTermination: aws.Bool(true), AttachTime: i.desc.LaunchTime,
			},
		})
	}
	all, err := chosen(interfaces, in.NetworkInterfaceIds, in.Filters, "InvalidNetworkInterfaceID.NotFound", "networkInterface", func(n types.NetworkInterface) fields {
		return fields{id: *n.NetworkInterfaceId, tags: st.tags[*n.NetworkInterfaceId], values: map[string][]string{
			"network-interface-id": {*n.NetworkInterfaceId}, "attachment.instance-id": {*n.Attachment.InstanceId}, "attachment.device-index": {"0"},
			"vpc-id": {*n.VpcId}, "subnet-id": {*n.SubnetId}, "group-id": {*n.Groups[0].GroupId}, "private-ip-address": {*n.PrivateIpAddress},
			"status": {"in-use"}, "availability-zone": {*n.AvailabilityZone},
		}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	return &ec2.DescribeNetworkInterfacesOutput{NetworkInterfaces: page, NextToken: next}, err
}

func describeCredits(c *awssim.Call, in *ec2.DescribeInstanceCreditSpecificationsInput) (*ec2.DescribeInstanceCreditSpecificationsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	found, err := st.named(c, in.InstanceIds)
	if err != nil {
		return nil, err
	}
	found, err = chosen(found, nil, in.Filters, "", "", func(i *machine) fields {
		return fields{id: *i.desc.InstanceId, values: map[string][]string{"instance-id": {*i.desc.InstanceId}}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(found, in.MaxResults, in.NextToken)
	out := &ec2.DescribeInstanceCreditSpecificationsOutput{NextToken: next}
	for _, i := range page {
		out.InstanceCreditSpecifications = append(out.InstanceCreditSpecifications, types.InstanceCreditSpecification{InstanceId: i.desc.InstanceId, CpuCredits: &i.credits})
	}
	return out, err
}

func describeProfiles(c *awssim.Call, in *ec2.DescribeIamInstanceProfileAssociationsInput) (*ec2.DescribeIamInstanceProfileAssociationsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	var all []types.IamInstanceProfileAssociation
	for _, id := range st.order {
		if i := st.instances[id]; i.desc.IamInstanceProfile != nil && i.state(c.Now()) != types.InstanceStateNameTerminated {
			all = append(all, types.IamInstanceProfileAssociation{
				AssociationId: aws.String(stableID("iip-assoc", id)), IamInstanceProfile: i.desc.IamInstanceProfile, InstanceId: i.desc.InstanceId,
				State: types.IamInstanceProfileAssociationStateAssociated, Timestamp: &i.profileAt,
			})
		}
	}
	picked, err := chosen(all, in.AssociationIds, in.Filters, "InvalidAssociationID.NotFound", "association", func(a types.IamInstanceProfileAssociation) fields {
		return fields{id: *a.AssociationId, values: map[string][]string{"instance-id": {*a.InstanceId}, "state": {"associated"}}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(picked, in.MaxResults, in.NextToken)
	return &ec2.DescribeIamInstanceProfileAssociationsOutput{IamInstanceProfileAssociations: page, NextToken: next}, err
}
