package ec2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/hawser/hawser/internal/awssim"
)

// unsupported are the members of inputs that are refused, because there is nothing that
// they could be about: launch templates, Spot Instances, addresses of IPv6, interfaces
// that are there already, placement groups and hosts.
func unsupported() map[string][]string {
	return map[string][]string{
		"DescribeImages":          {"ExecutableUsers"},
		"ModifyInstanceAttribute": {"Attribute", "BlockDeviceMappings", "EnaSupport", "Groups", "Kernel", "Ramdisk", "SriovNetSupport", "Value"},
		"RunInstances":            slices.Concat(unsupportedRun(), unsupportedInterface()),
	}
}

func unsupportedRun() []string {
	return []string{
		"CapacityReservationSpecification", "CpuOptions", "ElasticGpuSpecification", "ElasticInferenceAccelerators", "EnablePrimaryIpv6", "EnclaveOptions",
		"InstanceMarketOptions", "Ipv6AddressCount", "Ipv6Addresses", "LaunchTemplate", "LicenseSpecifications", "MaintenanceOptions",
		"NetworkPerformanceOptions", "Operator", "PrivateDnsNameOptions", "SecondaryInterfaces",
		"BlockDeviceMappings.NoDevice", "BlockDeviceMappings.VirtualName", "BlockDeviceMappings.Ebs.OutpostArn",
		"Placement.Affinity", "Placement.AvailabilityZoneId", "Placement.GroupId", "Placement.GroupName", "Placement.HostId",
		"Placement.HostResourceGroupArn", "Placement.PartitionNumber", "Placement.SpreadDomain",
	}
}

func unsupportedInterface() []string {
	var paths []string
	for _, name := range []string{
		"AssociateCarrierIpAddress", "ConnectionTrackingSpecification", "DeviceIndex", "EnaQueueCount", "EnaSrdSpecification", "Ipv4PrefixCount",
		"Ipv4Prefixes", "Ipv6AddressCount", "Ipv6Addresses", "Ipv6PrefixCount", "Ipv6Prefixes", "NetworkCardIndex", "NetworkInterfaceId",
		"PrimaryIpv6", "PrivateIpAddress", "PrivateIpAddresses", "SecondaryPrivateIpAddressCount",
	} {
		paths = append(paths, "NetworkInterfaces."+name)
	}
	return paths
}

// checkExtras refuses what RunInstances asks for beyond one volume and one interface, and
// names that nothing has.
func (st *compute) checkExtras(in *ec2.RunInstancesInput, root string) error {
	for _, m := range in.BlockDeviceMappings {
		if aws.ToString(m.DeviceName) != root {
			return &awssim.Error{Code: "NotImplemented", Status: 501, Message: "The simulator does not support volumes other than " + root + "."}
		}
	}
	for _, name := range in.SecurityGroups {
		if name != "default" && name != st.network.group {
			return awssim.Errorf("InvalidGroup.NotFound", "The security group '%s' does not exist in default VPC '%s'", name, st.network.vpc)
		}
	}
	if in.Placement == nil || aws.ToString(in.Placement.AvailabilityZone) == "" { // Terraform sends an empty one
		return nil
	}
	zone := *in.Placement.AvailabilityZone
	if !slices.ContainsFunc(st.network.subnets, func(s subnetOf) bool { return s.zone == zone }) {
		return awssim.Errorf("InvalidParameterValue", "Invalid availability zone: [%s]", zone)
	}
	return nil
}

// addressless reports whether the instances are to have no public address.
func addressless(in *ec2.RunInstancesInput) bool {
	return len(in.NetworkInterfaces) > 0 && in.NetworkInterfaces[0].AssociatePublicIpAddress != nil && !*in.NetworkInterfaces[0].AssociatePublicIpAddress
}
