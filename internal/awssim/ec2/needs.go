package ec2

import (
	"cmp"
	"maps"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim"
)

// needsOf gives the permissions: what a call makes, changes or uses is named one by one,
// the rest know no resource.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	if run, ok := in.(*ec2.RunInstancesInput); ok {
		return append(runNeeds(c, run), passNeeds(c, run.IamInstanceProfile)...)
	}
	var needs []awssim.Need
	st := of(c)
	defer st.mu.Unlock()
	for _, id := range named(in) {
		ctx := st.tagContext(c, id)
		if m := st.instances[id]; m != nil {
			ctx["ec2:instancetype"] = []string{string(m.desc.InstanceType)}
		}
		kind := cmp.Or(string(kindOf(id)), "*")
		needs = append(needs, awssim.Need{Action: "ec2:" + c.Operation, Resource: c.ARN(kind + "/" + id), Context: ctx})
	}
	if needs == nil {
		needs = []awssim.Need{{Action: "ec2:" + c.Operation, Context: st.tagContext(c, "")}}
	}
	return needs
}

// tagContext are the condition keys of every request, and the tags of what it is about.
func (st *compute) tagContext(c *awssim.Call, id string) reference.Context {
	ctx := reference.Context{"ec2:region": {c.Region}}
	awssim.ResourceTags(ctx, st.tags[id], "ec2:resourcetag/")
	return ctx
}

// named are the resources that a call of a resource-level action names.
func named(in any) []string {
	switch in := in.(type) {
	case *ec2.StartInstancesInput:
		return in.InstanceIds
	case *ec2.StopInstancesInput:
		return in.InstanceIds
	case *ec2.RebootInstancesInput:
		return in.InstanceIds
	case *ec2.TerminateInstancesInput:
		return in.InstanceIds
	case *ec2.MonitorInstancesInput:
		return in.InstanceIds
	case *ec2.UnmonitorInstancesInput:
		return in.InstanceIds
	case *ec2.ModifyInstanceAttributeInput:
		return append([]string{aws.ToString(in.InstanceId)}, in.Groups...)
	case *ec2.ModifyInstanceMetadataOptionsInput:
		return []string{aws.ToString(in.InstanceId)}
	case *ec2.CreateTagsInput:
		return in.Resources
	case *ec2.DeleteTagsInput:
		return in.Resources
	}
	return nil
}

// passNeeds is the permission to give instances the role of a profile. A profile that is
// refused needs none.
func passNeeds(c *awssim.Call, spec *types.IamInstanceProfileSpecification) []awssim.Need {
	p, err := profileOf(c, spec)
	if err != nil || p.Role == nil {
		return nil
	}
	return []awssim.Need{awssim.PassRole(p.Role.ARN, "ec2.amazonaws.com")}
}

// runNeeds are the permissions to run instances: on all that is made and used, and to
// give tags. Of an input that is refused, only the instance is asked for.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-RunInstances
func runNeeds(c *awssim.Call, in *ec2.RunInstancesInput) []awssim.Need {
	st := of(c)
	defer st.mu.Unlock()
	asked := *in // which checking completes
	order, err := st.checkRun(c, &asked)
	needs := []awssim.Need{runNeed(c, in, types.ResourceTypeInstance, "*", instanceContext(&asked, order))}
	if err != nil {
		return needs
	}
	vpc := []string{c.ARN("vpc/" + st.network.vpc)}
	image, subnet := *order.image.ImageId, order.subnet.id
	needs = append(
		needs,
		runNeed(c, in, types.ResourceTypeImage, image, reference.Context{
			"ec2:imageid": {image}, "ec2:owner": {"amazon"}, "ec2:public": {"true"}, "ec2:rootdevicetype": {"ebs"}, "ec2:imagetype": {"machine"},
		}),
		runNeed(c, in, types.ResourceTypeSubnet, subnet, with(st.tagContext(c, subnet), reference.Context{
			"ec2:subnetid": {subnet}, "ec2:vpc": vpc, "ec2:availabilityzone": {order.subnet.zone},
		})),
		runNeed(c, in, types.ResourceTypeNetworkInterface, "*", reference.Context{
			"ec2:subnet": {c.ARN("subnet/" + subnet)}, "ec2:vpc": vpc, "ec2:availabilityzone": {order.subnet.zone},
		}),
		runNeed(c, in, types.ResourceTypeVolume, "*", volumeContext(in, order)),
	)
	for _, g := range order.groups {
		needs = append(needs, runNeed(c, in, types.ResourceTypeSecurityGroup, *g.GroupId, with(st.tagContext(c, *g.GroupId), reference.Context{
			"ec2:securitygroupid": {*g.GroupId}, "ec2:vpc": vpc,
		})))
	}
	if in.KeyName != nil {
		needs = append(needs, runNeed(c, in, types.ResourceTypeKeyPair, *in.KeyName, reference.Context{"ec2:keypairname": {*in.KeyName}}))
	}
	return append(needs, tagNeeds(c, in)...)
}

// runNeed is the permission on one of the resources. Those that have no ID yet are "*";
// images name no account.
func runNeed(c *awssim.Call, in *ec2.RunInstancesInput, kind types.ResourceType, id string, ctx reference.Context) awssim.Need {
	resource := c.ARN(string(kind) + "/" + id)
	if kind == types.ResourceTypeImage {
		resource = "arn:" + c.Partition() + ":ec2:" + c.Region + "::image/" + id
	}
	ctx["ec2:region"] = []string{c.Region}
	return awssim.Need{Action: "ec2:RunInstances", Resource: resource, Context: with(ctx, requestedTags(in, kind))}
}

// tagNeeds are the permissions to give tags to what is made.
//
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
func tagNeeds(c *awssim.Call, in *ec2.RunInstancesInput) []awssim.Need {
	var needs []awssim.Need
	for _, spec := range in.TagSpecifications {
		if len(spec.Tags) == 0 {
			continue
		}
		need := runNeed(c, in, spec.ResourceType, "*", reference.Context{"ec2:createaction": {"RunInstances"}})
		need.Action = "ec2:CreateTags"
		needs = append(needs, need)
	}
	return needs
}

// requestedTags are the tags that a request gives one kind of resources. Those for other
// kinds are absent.
func requestedTags(in *ec2.RunInstancesInput, kind types.ResourceType) reference.Context {
	ctx := reference.Context{"aws:tagkeys": nil}
	for _, spec := range in.TagSpecifications {
		for _, t := range spec.Tags {
			key := "aws:requesttag/" + strings.ToLower(aws.ToString(t.Key))
			switch {
			case spec.ResourceType == kind:
				ctx[key] = []string{aws.ToString(t.Value)}
				ctx["aws:tagkeys"] = append(ctx["aws:tagkeys"], aws.ToString(t.Key))
			case ctx[key] == nil:
				ctx[key] = nil
			}
		}
	}
	return ctx
}

func instanceContext(in *ec2.RunInstancesInput, order runOrder) reference.Context {
	ctx := reference.Context{
		"ec2:instancetype": {string(in.InstanceType)}, "ec2:rootdevicetype": {"ebs"}, "ec2:availabilityzone": {order.subnet.zone},
		"ec2:tenancy": {string(types.TenancyDefault)}, "ec2:ebsoptimized": {strconv.FormatBool(aws.ToBool(in.EbsOptimized))},
	}
	if p := in.IamInstanceProfile; p != nil && p.Arn != nil {
		ctx["ec2:instanceprofile"] = []string{*p.Arn}
	}
	if o := in.MetadataOptions; o != nil {
		for key, value := range map[string]string{"ec2:metadatahttptokens": string(o.HttpTokens), "ec2:metadatahttpendpoint": string(o.HttpEndpoint)} {
			if value != "" {
				ctx[key] = []string{value}
			}
		}
		if o.HttpPutResponseHopLimit != nil {
			ctx["ec2:metadatahttpputresponsehoplimit"] = []string{strconv.Itoa(int(*o.HttpPutResponseHopLimit))}
		}
	}
	return ctx
}

func volumeContext(in *ec2.RunInstancesInput, order runOrder) reference.Context {
	ebs := rootDevice(in, order)
	ctx := reference.Context{
		"ec2:volumesize": {strconv.Itoa(int(aws.ToInt32(ebs.VolumeSize)))}, "ec2:volumetype": {string(ebs.VolumeType)},
		"ec2:encrypted": {strconv.FormatBool(aws.ToBool(ebs.Encrypted))}, "ec2:availabilityzone": {order.subnet.zone},
	}
	if ebs.Iops != nil {
		ctx["ec2:volumeiops"] = []string{strconv.Itoa(int(*ebs.Iops))}
	}
	return ctx
}

// with adds the keys of another context to one.
func with(ctx, more reference.Context) reference.Context {
	maps.Copy(ctx, more)
	return ctx
}
