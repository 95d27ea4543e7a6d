package awssim

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/uuid"
	"github.com/hawser/hawser/internal/awssim/awsmanaged"
)

const (
	linkedPath       = "/aws-service-role/"
	linkedPrefix     = "AWSServiceRoleFor"
	servicePrincipal = ".amazonaws.com"
)

// linked reports whether the role is one that a service made for itself.
func (r *Role) linked() bool { return strings.HasPrefix(r.Path, linkedPath) }

// linkedNames are what services call their roles, where that is not the
// service's name with a capital.
var linkedNames = map[string]string{
	"access-analyzer": "AccessAnalyzer", "autoscaling": "AutoScaling", "config": "Config", "ecs": "ECS", "eks": "AmazonEKS",
	"eks-nodegroup": "AmazonEKSNodegroup", "elasticache": "ElastiCache", "elasticfilesystem": "AmazonElasticFileSystem",
	"elasticloadbalancing": "ElasticLoadBalancing", "es": "AmazonElasticsearchService", "guardduty": "AmazonGuardDuty", "inspector2": "AmazonInspector2",
	"lex": "LexBots", "macie": "AmazonMacie", "opensearchservice": "AmazonOpenSearchService", "rds": "RDS", "securityhub": "SecurityHub",
	"spot": "EC2Spot", "spotfleet": "EC2SpotFleet", "ssm": "AmazonSSM", "sso": "SSO", "trustedadvisor": "TrustedAdvisor",
}

// suffixed are the services of which an account may have several roles.
var suffixed = map[string]bool{"autoscaling": true, "lex": true, "connect": true}

// linkedName returns what the role of a service principal is called.
func linkedName(principal, suffix string) string {
	service := strings.TrimSuffix(principal, servicePrincipal)
	name := linkedNames[service]
	if name == "" && service != "" {
		name = strings.ToUpper(service[:1]) + service[1:]
	}
	if suffix != "" {
		suffix = "_" + suffix
	}
	return linkedPrefix + name + suffix
}

// createServiceLinkedRole follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
func createServiceLinkedRole(c *Call, in *iam.CreateServiceLinkedRoleInput) (*iam.CreateServiceLinkedRoleOutput, error) {
	service, ok := strings.CutSuffix(*in.AWSServiceName, servicePrincipal)
	if !ok || service == "" {
		return nil, Errorf("InvalidInput", "Service role %s is not valid: it is not a service principal.", *in.AWSServiceName)
	}
	if in.CustomSuffix != nil && !suffixed[service] {
		return nil, Errorf("InvalidInput", "Custom suffix is not allowed for %s", *in.AWSServiceName)
	}
	name := linkedName(*in.AWSServiceName, aws.ToString(in.CustomSuffix))
	if c.Account.roles[name] != nil {
		return nil, Errorf("InvalidInput", "Service role name %s has been taken in this account, please try a different suffix.", name)
	}
	r, err := c.Account.newLinkedRole(*in.AWSServiceName, name)
	if err != nil {
		return nil, err
	}
	r.Description = aws.ToString(in.Description)
	brief := r.brief()
	brief.MaxSessionDuration = nil
	return &iam.CreateServiceLinkedRoleOutput{Role: &brief}, nil
}

// newLinkedRole makes a role that only its service may assume, with the policy
// that AWS has for it, where one is found by the service's name. The World is
// locked.
func (a *Account) newLinkedRole(principal, name string) (*Role, error) {
	trust, err := a.world.parsed(fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["%s"]}}]}`, principal))
	if err != nil {
		return nil, err
	}
	base, _, _ := strings.Cut(strings.TrimPrefix(name, linkedPrefix), "_")
	r := a.newRole(linkedPath+principal+"/", name, trust)
	if policy := linkedPolicy(base); policy != "" {
		m, err := a.awsManaged(policy)
		if err != nil {
			return nil, err
		}
		r.attached = []*ManagedPolicy{m}
	}
	return r, nil
}

// linkedPolicy returns the AWS managed policy, with its path, of the
// service-linked role of a service; empty if no policy has the service in its
// name.
func linkedPolicy(service string) string {
	for _, maker := range []string{"", "AWS", "Amazon"} {
		for _, kind := range []string{"ServiceRolePolicy", "ServiceLinkedRolePolicy"} {
			name := strings.TrimPrefix(linkedPath, "/") + maker + service + kind
			if _, ok := awsmanaged.Find(name); ok {
				return name
			}
		}
	}
	return ""
}

// deleteServiceLinkedRole follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html
// No service here uses its role, so that it goes at once.
func deleteServiceLinkedRole(c *Call, in *iam.DeleteServiceLinkedRoleInput) (*iam.DeleteServiceLinkedRoleOutput, error) {
	r, err := c.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	if !r.linked() {
		return nil, noSuchEntity("The service-linked role with name %s cannot be found.", r.Name)
	}
	delete(c.Account.roles, r.Name)
	task := "task" + r.Path + r.Name + "/" + uuid.NewString()
	c.Account.deletions[task] = true
	return &iam.DeleteServiceLinkedRoleOutput{DeletionTaskId: aws.String(task)}, nil
}

// getServiceLinkedRoleDeletionStatus follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLinkedRoleDeletionStatus.html
func getServiceLinkedRoleDeletionStatus(c *Call, in *iam.GetServiceLinkedRoleDeletionStatusInput) (*iam.GetServiceLinkedRoleDeletionStatusOutput, error) {
	if !c.Account.deletions[*in.DeletionTaskId] {
		return nil, noSuchEntity("The deletion task with id %s cannot be found.", *in.DeletionTaskId)
	}
	return &iam.GetServiceLinkedRoleDeletionStatusOutput{Status: types.DeletionTaskStatusTypeSucceeded}, nil
}
