package reference

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// organizationAllows wants an Allow of the service control policies at every level,
// and of the endpoints. Resource control policies need not be asked: AWS's own, which
// allows everything, is attached to every level and can't be detached, so that the
// others only deny.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
// and https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
func (q question) organizationAllows() ([]Cited, Verdict, bool) {
	all := []Cited{}
	if q.serviceControlled() {
		for _, level := range q.ServiceControl {
			by := layer{KindServiceControl, "", level.named(), ""}.said(q.Request, Allowed)
			if len(by) == 0 {
				return nil, decided(ImplicitlyDenied, KindServiceControl, nil, pageSCP, "no service control policy of %s allows it, and every level must", level.ID), false
			}
			all = append(all, by...)
		}
	}
	by, ok := layer{KindEndpoint, "", q.Endpoint, ""}.allows(q.Request)
	if !ok {
		return nil, decided(ImplicitlyDenied, KindEndpoint, nil, pageEndpoint, "the VPC endpoint policy does not allow it"), false
	}
	return append(all, by...), Verdict{}, true
}

// serviceControlled reports whether service control policies limit the principal: users,
// roles and root of an account, but no service-linked roles, and nobody without an
// account. The management account is not limited; who asks leaves its list out.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#not-restricted-by-scp
func (q question) serviceControlled() bool { return q.local() && !q.serviceLinked() }

// resourceControlled reports whether resource control policies limit the request.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
// and, for kms:RetireGrant, https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html
func (q question) resourceControlled() bool {
	service, _, _ := strings.Cut(strings.ToLower(q.Action), ":")
	supported := []string{"s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "aoss", "cognito-idp", "cognito-identity", "logs", "dynamodb"}
	return slices.Contains(supported, service) && !strings.EqualFold(q.Action, "kms:RetireGrant") && !q.serviceLinked()
}

// serviceLinked reports whether the principal is a service-linked role, by its path,
// which IAM gives to no other role. The path must be the first part of the role's name:
// other paths may have it within.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func (q question) serviceLinked() bool {
	return isServiceLinked(q.Principal.issuer()) || isServiceLinked(q.Principal.ARN)
}

func isServiceLinked(role string) bool {
	a, _ := arn.Parse(role)
	return a.Service == "iam" && strings.HasPrefix(a.Resource, "role/aws-service-role/")
}
