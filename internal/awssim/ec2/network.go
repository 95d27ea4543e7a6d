package ec2

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

// network is the default VPC of an account in a region, with a subnet in
// each of three zones and its default security group.
type network struct {
	account, region string
	vpc             string
	group           string
	subnets         []subnetOf
	addresses       int // given out so far
}

type subnetOf struct {
	id, zone, zoneID, cidr string
}

const vpcCIDR = "172.31.0.0/16"

// newNetwork makes the network. Its ids are the same at every start, so that
// what was written down of them stays true.
func newNetwork(account, region string) network {
	n := network{account: account, region: region, vpc: stableID("vpc", account, region), group: stableID("sg", account, region)}
	for i, letter := range []string{"a", "b", "c"} {
		n.subnets = append(n.subnets, subnetOf{
			id: stableID("subnet", account, region, letter), zone: region + letter,
			zoneID: fmt.Sprintf("%s-az%d", shortRegion(region), i+1), cidr: fmt.Sprintf("172.31.%d.0/20", 16*i),
		})
	}
	return n
}

// stableID is an id that depends on its parts alone.
func stableID(prefix string, parts ...string) string {
	sum := sha256.Sum256(fmt.Append(nil, prefix, parts))
	return prefix + "-" + hex.EncodeToString(sum[:])[:17]
}

func (n *network) subnet(id string) (subnetOf, bool) {
	for _, s := range n.subnets {
		if s.id == id {
			return s, true
		}
	}
	return subnetOf{}, false
}

// address gives out the next private address of a subnet.
func (n *network) address(s subnetOf) string {
	n.addresses++
	var third int
	if _, err := fmt.Sscanf(s.cidr, "172.31.%d.0/20", &third); err != nil {
		return ""
	}
	return fmt.Sprintf("172.31.%d.%d", third+n.addresses/250%16, 4+n.addresses%250)
}

func describeVpcs(c *awssim.Call, in *ec2.DescribeVpcsInput) (*ec2.DescribeVpcsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	vpc := types.Vpc{
		VpcId: &st.network.vpc, CidrBlock: aws.String(vpcCIDR), IsDefault: aws.Bool(true), State: types.VpcStateAvailable,
		InstanceTenancy: types.TenancyDefault, OwnerId: &c.Account.ID, DhcpOptionsId: aws.String(stableID("dopt", c.Account.ID, c.Region)),
		Tags: st.tagList(st.network.vpc),
		CidrBlockAssociationSet: []types.VpcCidrBlockAssociation{{
			AssociationId: aws.String(stableID("vpc-cidr-assoc", c.Account.ID, c.Region)), CidrBlock: aws.String(vpcCIDR),
			CidrBlockState: &types.VpcCidrBlockState{State: types.VpcCidrBlockStateCodeAssociated},
		}},
	}
	all, err := chosen([]types.Vpc{vpc}, in.VpcIds, in.Filters, "InvalidVpcID.NotFound", "vpc", func(v types.Vpc) fields {
		return fields{id: *v.VpcId, tags: st.tags[*v.VpcId], values: map[string][]string{
			"vpc-id": {*v.VpcId}, "is-default": {"true"}, "isDefault": {"true"}, "cidr": {vpcCIDR}, "state": {"available"}, "owner-id": {c.Account.ID},
		}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	return &ec2.DescribeVpcsOutput{Vpcs: page, NextToken: next}, err
}

func describeVpcAttribute(c *awssim.Call, in *ec2.DescribeVpcAttributeInput) (*ec2.DescribeVpcAttributeOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	if aws.ToString(in.VpcId) != st.network.vpc {
		return nil, noSuch("vpc", "InvalidVpcID.NotFound", aws.ToString(in.VpcId))
	}
	yes := &types.AttributeBooleanValue{Value: aws.Bool(true)}
	out := &ec2.DescribeVpcAttributeOutput{VpcId: in.VpcId}
	switch in.Attribute {
	case types.VpcAttributeNameEnableDnsSupport:
		out.EnableDnsSupport = yes
	case types.VpcAttributeNameEnableDnsHostnames:
		out.EnableDnsHostnames = yes
	default:
		out.EnableNetworkAddressUsageMetrics = &types.AttributeBooleanValue{Value: aws.Bool(false)}
	}
	return out, nil
}

func describeSubnets(c *awssim.Call, in *ec2.DescribeSubnetsInput) (*ec2.DescribeSubnetsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	var subnets []types.Subnet
	for _, s := range st.network.subnets {
		subnets = append(subnets, types.Subnet{
			SubnetId: aws.String(s.id), VpcId: &st.network.vpc, CidrBlock: aws.String(s.cidr), AvailabilityZone: aws.String(s.zone),
			AvailabilityZoneId: aws.String(s.zoneID), DefaultForAz: aws.Bool(true), MapPublicIpOnLaunch: aws.Bool(true),
			AvailableIpAddressCount: aws.Int32(4091), State: types.SubnetStateAvailable, OwnerId: &c.Account.ID,
			SubnetArn: aws.String(c.ARN("subnet/" + s.id)), Tags: st.tagList(s.id),
			AssignIpv6AddressOnCreation: aws.Bool(false), EnableDns64: aws.Bool(false), Ipv6Native: aws.Bool(false),
			MapCustomerOwnedIpOnLaunch: aws.Bool(false),
			PrivateDnsNameOptionsOnLaunch: &types.PrivateDnsNameOptionsOnLaunch{
				HostnameType: types.HostnameTypeIpName, EnableResourceNameDnsARecord: aws.Bool(false), EnableResourceNameDnsAAAARecord: aws.Bool(false),
			},
		})
	}
	all, err := chosen(subnets, in.SubnetIds, in.Filters, "InvalidSubnetID.NotFound", "subnet", func(s types.Subnet) fields {
		return fields{id: *s.SubnetId, tags: st.tags[*s.SubnetId], values: map[string][]string{
			"subnet-id": {*s.SubnetId}, "vpc-id": {*s.VpcId}, "availability-zone": {*s.AvailabilityZone}, "availabilityZone": {*s.AvailabilityZone},
			"default-for-az": {"true"}, "defaultForAz": {"true"}, "state": {"available"}, "cidr-block": {*s.CidrBlock}, "owner-id": {c.Account.ID},
		}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	return &ec2.DescribeSubnetsOutput{Subnets: page, NextToken: next}, err
}

func describeSecurityGroups(c *awssim.Call, in *ec2.DescribeSecurityGroupsInput) (*ec2.DescribeSecurityGroupsOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	n := st.network
	group := types.SecurityGroup{
		GroupId: &n.group, GroupName: aws.String("default"), Description: aws.String("default VPC security group"), VpcId: &n.vpc,
		OwnerId: &c.Account.ID, SecurityGroupArn: aws.String(c.ARN("security-group/" + n.group)), Tags: st.tagList(n.group),
		IpPermissions: []types.IpPermission{{
			IpProtocol: aws.String("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &n.group, UserId: &c.Account.ID}},
		}},
		IpPermissionsEgress: []types.IpPermission{{IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}},
	}
	ids := in.GroupIds
	for _, name := range in.GroupNames {
		if name != "default" {
			return nil, awssim.Errorf("InvalidGroup.NotFound", "The security group '%s' does not exist in default VPC '%s'", name, n.vpc)
		}
		ids = append(ids, n.group)
	}
	all, err := chosen([]types.SecurityGroup{group}, ids, in.Filters, "InvalidGroup.NotFound", "security group", func(types.SecurityGroup) fields {
		return fields{id: n.group, tags: st.tags[n.group], values: map[string][]string{
			"group-id": {n.group}, "group-name": {"default"}, "vpc-id": {n.vpc}, "owner-id": {c.Account.ID}, "description": {*group.Description},
		}}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken)
	return &ec2.DescribeSecurityGroupsOutput{SecurityGroups: page, NextToken: next}, err
}
