package ec2

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

func describeInstanceAttribute(c *awssim.Call, in *ec2.DescribeInstanceAttributeInput) (*ec2.DescribeInstanceAttributeOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	found, err := st.named(c, []string{aws.ToString(in.InstanceId)})
	if err != nil {
		return nil, err
	}
	i, out := found[0], &ec2.DescribeInstanceAttributeOutput{InstanceId: in.InstanceId}
	truth := func(b bool) *types.AttributeBooleanValue { return &types.AttributeBooleanValue{Value: &b} }
	text := func(s string) *types.AttributeValue { return &types.AttributeValue{Value: &s} }
	switch in.Attribute {
	case types.InstanceAttributeNameDisableApiTermination:
		out.DisableApiTermination = truth(i.protected)
	case types.InstanceAttributeNameDisableApiStop:
		out.DisableApiStop = truth(i.stopProtected)
	case types.InstanceAttributeNameInstanceInitiatedShutdownBehavior:
		out.InstanceInitiatedShutdownBehavior = text(i.shutdown)
	case types.InstanceAttributeNameInstanceType:
		out.InstanceType = text(string(i.desc.InstanceType))
	case types.InstanceAttributeNameUserData:
		out.UserData = &types.AttributeValue{Value: i.userData}
	case types.InstanceAttributeNameEbsOptimized:
		out.EbsOptimized = truth(aws.ToBool(i.desc.EbsOptimized))
	case types.InstanceAttributeNameSourceDestCheck:
		out.SourceDestCheck = truth(aws.ToBool(i.desc.SourceDestCheck))
	case types.InstanceAttributeNameRootDeviceName:
		out.RootDeviceName = text(*i.desc.RootDeviceName)
	case types.InstanceAttributeNameGroupSet:
		out.Groups = i.desc.SecurityGroups
	default:
		return nil, awssim.Errorf("InvalidParameterValue", "The simulator has no instance attribute '%s'", in.Attribute)
	}
	return out, nil
}

func modifyInstanceAttribute(c *awssim.Call, in *ec2.ModifyInstanceAttributeInput) (*ec2.ModifyInstanceAttributeOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	found, err := st.named(c, []string{aws.ToString(in.InstanceId)})
	if err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	i := found[0]
	stopped := i.state(c.Now()) == types.InstanceStateNameStopped
	if (in.InstanceType != nil || in.UserData != nil || in.EbsOptimized != nil) && !stopped {
		return nil, awssim.Errorf("IncorrectInstanceState", "The instance '%s' is not in the 'stopped' state.", *in.InstanceId)
	}
	if in.InstanceType != nil {
		if !knownType(types.InstanceType(aws.ToString(in.InstanceType.Value))) {
			return nil, awssim.Errorf("InvalidParameterValue", "Invalid value '%s' for InstanceType.", aws.ToString(in.InstanceType.Value))
		}
		i.desc.InstanceType = types.InstanceType(*in.InstanceType.Value)
	}
	set := func(to *bool, v *types.AttributeBooleanValue) {
		if v != nil {
			*to = aws.ToBool(v.Value)
		}
	}
	set(&i.protected, in.DisableApiTermination)
	set(&i.stopProtected, in.DisableApiStop)
	if in.EbsOptimized != nil {
		i.desc.EbsOptimized = in.EbsOptimized.Value
	}
	if in.SourceDestCheck != nil {
		i.desc.SourceDestCheck = in.SourceDestCheck.Value
	}
	if in.InstanceInitiatedShutdownBehavior != nil {
		i.shutdown = aws.ToString(in.InstanceInitiatedShutdownBehavior.Value)
	}
	if in.UserData != nil {
		i.userData = aws.String(string(in.UserData.Value))
	}
	return &ec2.ModifyInstanceAttributeOutput{}, nil
}

func modifyMetadataOptions(c *awssim.Call, in *ec2.ModifyInstanceMetadataOptionsInput) (*ec2.ModifyInstanceMetadataOptionsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	found, err := st.named(c, []string{aws.ToString(in.InstanceId)})
	if err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	options := *found[0].desc.MetadataOptions
	awssim.Adopt(&options, in)
	found[0].desc.MetadataOptions = &options
	return &ec2.ModifyInstanceMetadataOptionsOutput{InstanceId: in.InstanceId, InstanceMetadataOptions: &options}, nil
}

func monitorInstances(c *awssim.Call, in *ec2.MonitorInstancesInput) (*ec2.MonitorInstancesOutput, error) {
	list, err := setMonitoring(c, in.InstanceIds, in.DryRun, types.MonitoringStateEnabled)
	return &ec2.MonitorInstancesOutput{InstanceMonitorings: list}, err
}

func unmonitorInstances(c *awssim.Call, in *ec2.UnmonitorInstancesInput) (*ec2.UnmonitorInstancesOutput, error) {
	list, err := setMonitoring(c, in.InstanceIds, in.DryRun, types.MonitoringStateDisabled)
	return &ec2.UnmonitorInstancesOutput{InstanceMonitorings: list}, err
}

func setMonitoring(c *awssim.Call, ids []string, dry *bool, state types.MonitoringState) ([]types.InstanceMonitoring, error) {
	st := of(c)
	defer st.mu.Unlock()
	found, err := st.named(c, ids)
	if err == nil {
		err = dryRun(dry)
	}
	if err != nil {
		return nil, err
	}
	var list []types.InstanceMonitoring
	for _, i := range found {
		i.desc.Monitoring = &types.Monitoring{State: state}
		list = append(list, types.InstanceMonitoring{InstanceId: i.desc.InstanceId, Monitoring: i.desc.Monitoring})
	}
	return list, nil
}
