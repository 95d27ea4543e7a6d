package setup

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
)

// TrustKind is who assumes a role.
type TrustKind string

// The kinds.
const (
	SameAccount    TrustKind = "same-account"
	CrossAccount   TrustKind = "cross-account"
	EC2            TrustKind = "ec2"
	ECS            TrustKind = "ecs"
	Lambda         TrustKind = "lambda"
	EKSWebIdentity TrustKind = "eks-web-identity"
	EKSPodIdentity TrustKind = "eks-pod-identity"
	GitHub         TrustKind = "github-oidc"
	RolesAnywhere  TrustKind = "roles-anywhere"
)

const (
	gitHubIssuer = "token.actions.githubusercontent.com"
	stsAudience  = "sts.amazonaws.com"
)

// Trust is what a role's trust policy is made of.
type Trust struct {
	Kind TrustKind
	// Role is the role's name, with its path if it has one, such as "ops/hawser".
	Role      string
	Partition string
	// Account is the account of the role.
	Account string
	Region  string
	// Principal is the ARN of the user or role that assumes the role, for the kinds
	// same-account and cross-account.
	Principal string
	// ExternalID is what the principal must send; empty for none.
	ExternalID string
	// Organization is the ID of the organization that the principal must be in.
	Organization string
	SourceIPs    []string // CIDR blocks
	SourceVPCEs  []string // IDs of VPC endpoints
	// SourceIdentities are patterns of the source identity that the principal must set.
	SourceIdentities []string
	// SessionTags are tags that the principal must give to the session.
	SessionTags map[string]string
	MFA         bool
	// Cluster, Namespace and ServiceAccount are of EKS; Issuer is its OIDC issuer without
	// https://.
	Cluster, Namespace, ServiceAccount, Issuer string
	// Repository is OWNER/NAME on GitHub; Ref is what of it, such as "ref:refs/heads/main"
	// or "environment:production".
	Repository, Ref string
	// Anchor is the ARN of a trust anchor of IAM Roles Anywhere, and CommonName the
	// subject that the certificate must have.
	Anchor, CommonName string
}

// trustStatement is the statement of a trust policy.
type trustStatement struct {
	Sid       string                         `json:"Sid"`
	Effect    string                         `json:"Effect"`
	Principal map[string]string              `json:"Principal"`
	Action    []string                       `json:"Action"`
	Condition map[string]map[string][]string `json:"Condition,omitempty"`
}

// Document returns the trust policy as indented JSON. The error is Invalid, and names the
// field, if the kind needs something that is not there or not valid.
func (t Trust) Document() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	st := trustStatement{Sid: "Hawser", Effect: "Allow", Principal: t.principal(), Action: t.actions(), Condition: t.condition()}
	text, err := json.MarshalIndent(struct {
		Version   string           `json:"Version"`
		Statement []trustStatement `json:"Statement"`
	}{"2012-10-17", []trustStatement{st}}, "", "  ")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "a trust policy can't be encoded")
	}
	return text, nil
}

// services are the principals of the kinds that AWS's services assume a role for.
var services = map[TrustKind]string{
	EC2: "ec2.amazonaws.com", ECS: "ecs-tasks.amazonaws.com", Lambda: "lambda.amazonaws.com",
	EKSPodIdentity: "pods.eks.amazonaws.com", RolesAnywhere: "rolesanywhere.amazonaws.com",
}

// principal returns the element Principal.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (t Trust) principal() map[string]string {
	switch {
	case services[t.Kind] != "":
		return map[string]string{"Service": services[t.Kind]}
	case t.issuer() != "":
		return map[string]string{"Federated": fmt.Sprintf("arn:%s:iam::%s:oidc-provider/%s", t.Partition, t.Account, t.issuer())}
	}
	return map[string]string{"AWS": t.Principal}
}

// issuer returns the OIDC issuer of the kinds that have one, without https://.
func (t Trust) issuer() string {
	switch t.Kind {
	case EKSWebIdentity:
		return t.Issuer
	case GitHub:
		return gitHubIssuer
	}
	return ""
}

// actions returns the element Action.
//
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
// https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
func (t Trust) actions() []string {
	switch {
	case t.issuer() != "":
		return []string{"sts:AssumeRoleWithWebIdentity"}
	case t.Kind == EKSPodIdentity:
		return []string{"sts:AssumeRole", "sts:TagSession"}
	case t.Kind == RolesAnywhere:
		return []string{"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"}
	}
	actions := []string{"sts:AssumeRole"}
	if len(t.SourceIdentities) > 0 {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	if len(t.SessionTags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	return actions
}

// condition returns the element Condition; nil if there is none.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
func (t Trust) condition() map[string]map[string][]string {
	c := map[string]map[string][]string{}
	add := func(operator, key string, values ...string) {
		if len(values) == 0 || values[0] == "" {
			return
		}
		if c[operator] == nil {
			c[operator] = map[string][]string{}
		}
		c[operator][key] = values
	}
	add("StringEquals", "sts:ExternalId", t.ExternalID)
	add("StringEquals", "aws:PrincipalOrgID", t.Organization)
	add("IpAddress", "aws:SourceIp", t.SourceIPs...)
	add("StringEquals", "aws:SourceVpce", t.SourceVPCEs...)
	add("StringLike", "sts:SourceIdentity", t.SourceIdentities...)
	for _, key := range slices.Sorted(maps.Keys(t.SessionTags)) {
		add("StringEquals", "aws:RequestTag/"+key, t.SessionTags[key])
	}
	if t.MFA {
		add("Bool", "aws:MultiFactorAuthPresent", "true")
	}
	t.sourceOf(add)
	if len(c) == 0 {
		return nil
	}
	return c
}

// sourceOf adds the conditions by which a service or an identity provider says for whom it
// asks.
func (t Trust) sourceOf(add func(operator, key string, values ...string)) {
	switch t.Kind {
	case ECS: // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
		add("StringEquals", "aws:SourceAccount", t.Account)
		add("ArnLike", "aws:SourceArn", fmt.Sprintf("arn:%s:ecs:%s:%s:*", t.Partition, cmp.Or(t.Region, "*"), t.Account))
	case EKSPodIdentity: // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
		add("StringEquals", "aws:RequestTag/eks-cluster-name", t.Cluster)
		add("StringEquals", "aws:RequestTag/kubernetes-namespace", t.Namespace)
		add("StringEquals", "aws:RequestTag/kubernetes-service-account", t.ServiceAccount)
	case EKSWebIdentity: // https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
		add("StringEquals", t.Issuer+":aud", stsAudience)
		add("StringEquals", t.Issuer+":sub", "system:serviceaccount:"+t.Namespace+":"+t.ServiceAccount)
	case GitHub: // https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
		add("StringEquals", gitHubIssuer+":aud", stsAudience)
		add("StringEquals", gitHubIssuer+":sub", "repo:"+t.Repository+":"+t.Ref)
	case RolesAnywhere: // https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
		add("ArnEquals", "aws:SourceArn", t.Anchor)
		add("StringEquals", "aws:PrincipalTag/x509Subject/CN", t.CommonName)
	}
}

// RoleARN returns the ARN that the role has once it is created.
func (t Trust) RoleARN() string {
	return fmt.Sprintf("arn:%s:iam::%s:role/%s", t.Partition, t.Account, t.Role)
}

// RoleOfSession returns the ARN of the role that a session is of, as far as the session's
// ARN tells it: without the role's path. It says false for any other ARN.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
func RoleOfSession(session string) (string, bool) {
	name, ok := arn.Parse(session)
	parts := strings.Split(name.Resource, "/")
	if !ok || name.Service != "sts" || len(parts) != 3 || parts[0] != "assumed-role" {
		return "", false
	}
	return fmt.Sprintf("arn:%s:iam::%s:role/%s", name.Partition, name.Account, parts[1]), true
}
