package roster_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestRunInstancesNamesWhatItUses goes by
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances
// and, for tags, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
func TestRunInstancesNamesWhatItUses(t *testing.T) {
	l := newLimited(t)
	admin, eve := ec2.NewFromConfig(l.Config()), ec2.NewFromConfig(l.ConfigFor(l.key))
	images, err := admin.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
	if err != nil || len(images.Images) == 0 {
		t.Fatal(images, err)
	}
	subnets, err := admin.DescribeSubnets(t.Context(), nil)
	if err != nil || len(subnets.Subnets) == 0 {
		t.Fatal(subnets, err)
	}
	role, err := l.Account.AddRole("machine", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	l.Account.AddInstanceProfile("machines", role)
	image, subnet := *images.Images[0].ImageId, *subnets.Subnets[0].SubnetId
	allow := func(action, resource, condition string) string {
		return statement("Allow", action, resource, condition)
	}
	all := allow("ec2:RunInstances", "*", "{}")
	deny := func(resource, condition string) string {
		return all + "," + statement("Deny", "ec2:RunInstances", resource, condition)
	}
	const used = `arn:aws:ec2:*:*:volume/*","arn:aws:ec2:*:*:network-interface/*","arn:aws:ec2:*:*:subnet/*","arn:aws:ec2:*:*:security-group/*","arn:aws:ec2:*::image/*`
	const instances = "arn:aws:ec2:*:*:instance/*"
	red := []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("red")}}}}
	profile := &types.IamInstanceProfileSpecification{Name: aws.String("machines")}
	for name, tt := range map[string]struct {
		statements string
		in         ec2.RunInstancesInput
		refused    string // the action on the resource; "" for none
	}{
		"the instance alone":      {allow("ec2:RunInstances", instances, "{}"), ec2.RunInstancesInput{}, "ec2:RunInstances on resource: arn:aws:ec2:us-east-1::image/" + image},
		"all that is used":        {allow("ec2:RunInstances", used+`","`+instances, "{}"), ec2.RunInstancesInput{}, ""},
		"a key pair":              {allow("ec2:RunInstances", used+`","`+instances, "{}"), ec2.RunInstancesInput{KeyName: aws.String("k")}, "ec2:RunInstances on resource: arn:aws:ec2:us-east-1:" + simtest.Account + ":key-pair/k"},
		"a denied image":          {deny("arn:aws:ec2:us-east-1::image/"+image, "{}"), ec2.RunInstancesInput{}, "ec2:RunInstances"},
		"a denied subnet":         {deny("arn:aws:ec2:*:*:subnet/"+subnet, "{}"), ec2.RunInstancesInput{SubnetId: &subnet}, "ec2:RunInstances"},
		"a type":                  {deny(instances, `{"StringNotEquals":{"ec2:InstanceType":"t3.micro"}}`), ec2.RunInstancesInput{}, ""},
		"a denied type":           {deny(instances, `{"StringNotEquals":{"ec2:InstanceType":"t3.micro"}}`), ec2.RunInstancesInput{InstanceType: types.InstanceTypeT3Small}, "ec2:RunInstances"},
		"without IMDSv2":          {deny(instances, `{"StringNotEquals":{"ec2:MetadataHttpTokens":"required"}}`), ec2.RunInstancesInput{}, "ec2:RunInstances"},
		"an unencrypted volume":   {deny("arn:aws:ec2:*:*:volume/*", `{"Bool":{"ec2:Encrypted":"false"}}`), ec2.RunInstancesInput{}, "ec2:RunInstances"},
		"tags":                    {all, ec2.RunInstancesInput{TagSpecifications: red}, "ec2:CreateTags on resource: arn:aws:ec2:us-east-1:" + simtest.Account + ":instance/*"},
		"tags when made":          {all + "," + allow("ec2:CreateTags", "*", `{"StringEquals":{"ec2:CreateAction":"RunInstances"}}`), ec2.RunInstancesInput{TagSpecifications: red}, ""},
		"tags of the instance":    {allow("ec2:RunInstances", used, "{}") + "," + allow(`ec2:RunInstances","ec2:CreateTags`, instances, `{"StringEquals":{"aws:RequestTag/team":"red"}}`), ec2.RunInstancesInput{TagSpecifications: red}, ""},
		"no tags of the instance": {allow("ec2:RunInstances", used, "{}") + "," + allow("ec2:RunInstances", instances, `{"StringEquals":{"aws:RequestTag/team":"red"}}`), ec2.RunInstancesInput{}, "ec2:RunInstances"},
		"tags of the volume":      {allow("ec2:RunInstances", "*", `{"StringEquals":{"aws:RequestTag/team":"red"}}`) + "," + allow("ec2:CreateTags", "*", "{}"), ec2.RunInstancesInput{TagSpecifications: red}, "ec2:RunInstances on resource: arn:aws:ec2:us-east-1::image/" + image},
		"a role":                  {all, ec2.RunInstancesInput{IamInstanceProfile: profile}, "iam:PassRole on resource: " + role.ARN},
		"a role that is passed":   {all + "," + allow("iam:PassRole", role.ARN, `{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`), ec2.RunInstancesInput{IamInstanceProfile: profile}, ""},
		"another region":          {allow("ec2:RunInstances", "*", `{"StringEquals":{"ec2:Region":"eu-west-1"}}`), ec2.RunInstancesInput{}, "ec2:RunInstances"},
	} {
		if err := l.user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[`+tt.statements+`]}`); err != nil {
			t.Fatal(name, err)
		}
		tt.in.ImageId, tt.in.MinCount, tt.in.MaxCount = &image, aws.Int32(1), aws.Int32(1)
		if tt.in.InstanceType == "" {
			tt.in.InstanceType = types.InstanceTypeT3Micro
		}
		_, err := eve.RunInstances(t.Context(), &tt.in)
		if tt.refused == "" && err != nil || tt.refused != "" && (err == nil || !strings.Contains(err.Error(), "not authorized to perform: "+tt.refused)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// statement is one of a policy; actions and resources may be several, as in JSON.
func statement(effect, actions, resources, condition string) string {
	return `{"Effect":"` + effect + `","Action":["` + actions + `"],"Resource":["` + resources + `"],"Condition":` + condition + `}`
}
