package ec2

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

// instanceType is an instance type.
type instanceType struct {
	name         types.InstanceType
	cpus, cores  int32
	memory       int64 // MiB
	architecture types.ArchitectureType
	burstable    bool
}

// instanceTypes are the instance types that can be run.
var instanceTypes = []instanceType{
	{"t3.micro", 2, 1, 1024, types.ArchitectureTypeX8664, true},
	{"t3.small", 2, 1, 2048, types.ArchitectureTypeX8664, true},
	{"t3.medium", 2, 1, 4096, types.ArchitectureTypeX8664, true},
	{"t3.large", 2, 1, 8192, types.ArchitectureTypeX8664, true},
	{"m7g.large", 2, 2, 8192, types.ArchitectureTypeArm64, false},
	{"m7i.large", 2, 1, 8192, types.ArchitectureTypeX8664, false},
	{"c7i.xlarge", 4, 2, 8192, types.ArchitectureTypeX8664, false},
	{"r7g.xlarge", 4, 4, 32768, types.ArchitectureTypeArm64, false},
}

func describeInstanceTypes(_ *awssim.Call, in *ec2.DescribeInstanceTypesInput) (*ec2.DescribeInstanceTypesOutput, error) {
	for _, want := range in.InstanceTypes {
		if !knownType(want) {
			return nil, awssim.Errorf("InvalidInstanceType", "The following supplied instance types do not exist: [%s]", want)
		}
	}
	var all []types.InstanceTypeInfo
	for _, t := range instanceTypes {
		if len(in.InstanceTypes) > 0 && !slices.Contains(in.InstanceTypes, t.name) {
			continue
		}
		fits, err := t.fields().fit(in.Filters)
		if err != nil {
			return nil, err
		}
		if !fits {
			continue
		}
		all = append(all, types.InstanceTypeInfo{
			InstanceType: t.name, CurrentGeneration: aws.Bool(true), FreeTierEligible: aws.Bool(t.name == "t3.micro"),
			BurstablePerformanceSupported: aws.Bool(t.burstable), HibernationSupported: aws.Bool(true), BareMetal: aws.Bool(false),
			Hypervisor: types.InstanceTypeHypervisorNitro, InstanceStorageSupported: aws.Bool(false), AutoRecoverySupported: aws.Bool(true),
			ProcessorInfo: &types.ProcessorInfo{SupportedArchitectures: []types.ArchitectureType{t.architecture}},
			VCpuInfo:      &types.VCpuInfo{DefaultVCpus: &t.cpus, DefaultCores: &t.cores, DefaultThreadsPerCore: aws.Int32(t.cpus / t.cores)},
			MemoryInfo:    &types.MemoryInfo{SizeInMiB: &t.memory},
		})
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	return &ec2.DescribeInstanceTypesOutput{InstanceTypes: page, NextToken: next}, err
}

// fields are what filters can ask of an instance type.
func (t instanceType) fields() fields {
	truth := func(b bool) []string { return []string{strconv.FormatBool(b)} }
	number := func(n int64) []string { return []string{strconv.FormatInt(n, 10)} }
	return fields{id: string(t.name), values: map[string][]string{
		"instance-type": {string(t.name)}, "current-generation": truth(true), "free-tier-eligible": truth(t.name == "t3.micro"),
		"burstable-performance-supported": truth(t.burstable), "hibernation-supported": truth(true), "bare-metal": truth(false),
		"hypervisor": {"nitro"}, "instance-storage-supported": truth(false), "auto-recovery-supported": truth(true),
		"processor-info.supported-architecture": {string(t.architecture)}, "memory-info.size-in-mib": number(t.memory),
		"vcpu-info.default-vcpus": number(int64(t.cpus)), "vcpu-info.default-cores": number(int64(t.cores)),
	}}
}

func knownType(name types.InstanceType) bool {
	return slices.ContainsFunc(instanceTypes, func(t instanceType) bool { return t.name == name })
}

// images are the images that every region offers, with ids of its own.
var images = []struct {
	name, description string
	architecture      types.ArchitectureValues
}{
	{"al2023-ami-2023.9.20261101.0-kernel-6.12-x86_64", "Amazon Linux 2023 AMI x86_64", types.ArchitectureValuesX8664},
	{"al2023-ami-2023.9.20261101.0-kernel-6.12-arm64", "Amazon Linux 2023 AMI arm64", types.ArchitectureValuesArm64},
}

const amazonAccount = "137112412989"

func imagesOf(region string) []types.Image {
	var out []types.Image
	for _, i := range images {
		out = append(out, types.Image{
			ImageId: aws.String(stableID("ami", region, i.name)), Name: aws.String(i.name), Description: aws.String(i.description),
			Architecture: i.architecture, OwnerId: aws.String(amazonAccount), ImageOwnerAlias: aws.String("amazon"), Public: aws.Bool(true),
			State: types.ImageStateAvailable, ImageType: types.ImageTypeValuesMachine, RootDeviceType: types.DeviceTypeEbs,
			RootDeviceName: aws.String("/dev/xvda"), VirtualizationType: types.VirtualizationTypeHvm, Hypervisor: types.HypervisorTypeXen,
			EnaSupport: aws.Bool(true), SriovNetSupport: aws.String("simple"), CreationDate: aws.String("2026-11-01T00:00:00.000Z"),
			PlatformDetails: aws.String("Linux/UNIX"), UsageOperation: aws.String("RunInstances"), BootMode: types.BootModeValuesUefiPreferred,
			BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsBlockDevice{
				VolumeSize: aws.Int32(8), VolumeType: types.VolumeTypeGp3, Iops: aws.Int32(3000), Throughput: aws.Int32(125),
				DeleteOnTermination: aws.Bool(true), Encrypted: aws.Bool(false), SnapshotId: aws.String(stableID("snap", region, i.name)),
			}}},
		})
	}
	return out
}

func describeImages(c *awssim.Call, in *ec2.DescribeImagesInput) (*ec2.DescribeImagesOutput, error) {
	images := imagesOf(c.Region)
	if len(in.Owners) > 0 && !slices.Contains(in.Owners, "amazon") && !slices.Contains(in.Owners, amazonAccount) {
		images = nil
	}
	all, err := chosen(images, in.ImageIds, in.Filters, "InvalidAMIID.NotFound", "image", func(i types.Image) fields {
		return fields{id: *i.ImageId, values: map[string][]string{
			"image-id": {*i.ImageId}, "name": {*i.Name}, "description": {*i.Description}, "architecture": {string(i.Architecture)},
			"owner-alias": {"amazon"}, "owner-id": {amazonAccount}, "state": {"available"}, "is-public": {"true"},
			"root-device-type": {"ebs"}, "virtualization-type": {"hvm"}, "image-type": {"machine"},
		}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	return &ec2.DescribeImagesOutput{Images: page, NextToken: next}, err
}

// optIn are regions that an account must ask for.
//
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
var optIn = []string{"af-south-1", "ap-east-1", "eu-south-1", "me-south-1"}

func describeRegions(c *awssim.Call, in *ec2.DescribeRegionsInput) (*ec2.DescribeRegionsOutput, error) {
	var regions []types.Region
	for _, name := range awssim.Regions(c.Partition()) {
		status := "opt-in-not-required"
		if slices.Contains(optIn, name) {
			if status = "not-opted-in"; !aws.ToBool(in.AllRegions) && len(in.RegionNames) == 0 {
				continue
			}
		}
		regions = append(regions, types.Region{
			RegionName: aws.String(name), OptInStatus: &status, Endpoint: aws.String("ec2." + name + ".amazonaws.com"),
		})
	}
	all, err := chosen(regions, in.RegionNames, in.Filters, "InvalidParameterValue", "region", func(r types.Region) fields {
		return fields{id: *r.RegionName, values: map[string][]string{
			"region-name": {*r.RegionName}, "opt-in-status": {*r.OptInStatus}, "endpoint": {*r.Endpoint},
		}}
	})
	return &ec2.DescribeRegionsOutput{Regions: all}, err
}

func describeZones(c *awssim.Call, in *ec2.DescribeAvailabilityZonesInput) (*ec2.DescribeAvailabilityZonesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	var zones []types.AvailabilityZone
	for _, s := range st.network.subnets {
		zones = append(zones, types.AvailabilityZone{
			ZoneName: aws.String(s.zone), ZoneId: aws.String(s.zoneID), RegionName: &c.Region, State: types.AvailabilityZoneStateAvailable,
			ZoneType: aws.String("availability-zone"), OptInStatus: types.AvailabilityZoneOptInStatusOptInNotRequired,
			GroupName: aws.String(c.Region), NetworkBorderGroup: aws.String(c.Region),
		})
	}
	all, err := chosen(zones, in.ZoneNames, in.Filters, "InvalidParameterValue", "availability zone", func(z types.AvailabilityZone) fields {
		return fields{id: *z.ZoneName, values: map[string][]string{
			"zone-name": {*z.ZoneName}, "zone-id": {*z.ZoneId}, "region-name": {c.Region}, "state": {"available"},
			"zone-type": {"availability-zone"}, "opt-in-status": {"opt-in-not-required"}, "group-name": {c.Region},
		}}
	})
	if err == nil && len(in.ZoneIds) > 0 {
		all, err = chosen(all, in.ZoneIds, nil, "InvalidParameterValue", "availability zone", func(z types.AvailabilityZone) fields { return fields{id: *z.ZoneId} })
	}
	return &ec2.DescribeAvailabilityZonesOutput{AvailabilityZones: all}, err
}

// shortRegion is a region as zone ids write it: us-east-1 is use1.
func shortRegion(region string) string {
	short := map[string]string{
		"north": "n", "south": "s", "east": "e", "west": "w", "central": "c",
		"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw", "gov": "g", "iso": "i",
	}
	var b strings.Builder
	for _, part := range strings.Split(region, "-") {
		if s, ok := short[part]; ok {
			part = s
		}
		b.WriteString(part)
	}
	return b.String()
}
