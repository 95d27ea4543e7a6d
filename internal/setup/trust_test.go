package setup_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
	"github.com/hawser/hawser/internal/setup"
)

const (
	ours    = "111122223333"
	theirs  = "444455556666"
	hawser  = "arn:aws:iam::" + ours + ":role/hawser"
	anchor  = "arn:aws:rolesanywhere:eu-west-1:" + ours + ":trust-anchor/a1b2c3d4-1111-2222-3333-444455556666"
	cluster = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
)

// whole returns a complete trust of each kind.
func whole() map[setup.TrustKind]setup.Trust {
	all := map[setup.TrustKind]setup.Trust{
		setup.SameAccount:    {Principal: hawser},
		setup.CrossAccount:   {Account: theirs, Principal: hawser, ExternalID: "abcdef0123456789"},
		setup.EC2:            {},
		setup.ECS:            {},
		setup.Lambda:         {},
		setup.EKSWebIdentity: {Issuer: cluster, Namespace: "ops", ServiceAccount: "hawser"},
		setup.EKSPodIdentity: {Cluster: "prod", Namespace: "ops", ServiceAccount: "hawser"},
		setup.GitHub:         {Repository: "acme/infra", Ref: "environment:production"},
		setup.RolesAnywhere:  {Anchor: anchor, CommonName: "hawser.example.com"},
	}
	for kind, t := range all {
		t.Kind, t.Partition, t.Role = kind, "aws", "hawser"
		if t.Account == "" {
			t.Account = ours
		}
		all[kind] = t
	}
	return all
}

// TestTrustsAllowOneCallerOnly asks the reference evaluator who may assume the roles: the
// caller that is meant, and nobody who differs from it in one condition key or in who they
// are.
func TestTrustsAllowOneCallerOnly(t *testing.T) {
	for kind, test := range map[setup.TrustKind]struct {
		caller, stranger reference.Principal
		action           string
		context          reference.Context // all that the policy asks for
	}{
		setup.SameAccount:  {role(ours, "hawser"), role(ours, "other"), "sts:AssumeRole", nil},
		setup.CrossAccount: {role(ours, "hawser"), role(ours, "other"), "sts:AssumeRole", reference.Context{"sts:externalid": {"abcdef0123456789"}}},
		setup.EC2:          {service("ec2"), service("lambda"), "sts:AssumeRole", nil},
		setup.ECS: {
			service("ecs-tasks"), service("ecs"), "sts:AssumeRole",
			reference.Context{"aws:sourceaccount": {ours}, "aws:sourcearn": {"arn:aws:ecs:eu-west-1:" + ours + ":task/x"}},
		},
		setup.Lambda: {service("lambda"), service("ec2"), "sts:AssumeRole", nil},
		setup.EKSWebIdentity: {
			web(cluster), web("oidc.eks.eu-west-1.amazonaws.com/id/OTHER"), "sts:AssumeRoleWithWebIdentity",
			reference.Context{cluster + ":aud": {"sts.amazonaws.com"}, cluster + ":sub": {"system:serviceaccount:ops:hawser"}},
		},
		setup.EKSPodIdentity: {
			service("pods.eks"), service("eks"), "sts:TagSession",
			reference.Context{"aws:requesttag/eks-cluster-name": {"prod"}, "aws:requesttag/kubernetes-namespace": {"ops"}, "aws:requesttag/kubernetes-service-account": {"hawser"}},
		},
		setup.GitHub: {
			web("token.actions.githubusercontent.com"), web("gitlab.com"), "sts:AssumeRoleWithWebIdentity",
			reference.Context{"token.actions.githubusercontent.com:aud": {"sts.amazonaws.com"}, "token.actions.githubusercontent.com:sub": {"repo:acme/infra:environment:production"}},
		},
		setup.RolesAnywhere: {
			service("rolesanywhere"), service("ec2"), "sts:SetSourceIdentity",
			reference.Context{"aws:sourcearn": {anchor}, "aws:principaltag/x509subject/cn": {"hawser.example.com"}},
		},
	} {
		doc := trustOf(t, whole()[kind])
		may := func(p reference.Principal, ctx reference.Context) bool {
			return reference.Evaluate(doc, reference.Request{Principal: p, Action: test.action, Context: ctx}).Outcome == reference.Allowed
		}
		if !may(test.caller, test.context) {
			t.Errorf("%s: the caller may not assume the role", kind)
		}
		if may(test.stranger, test.context) {
			t.Errorf("%s: a stranger may assume the role", kind)
		}
		for key := range test.context {
			lacking, other := maps.Clone(test.context), maps.Clone(test.context)
			delete(lacking, key)
			other[key] = []string{"other"}
			if may(test.caller, lacking) || may(test.caller, other) {
				t.Errorf("%s: %s may be absent or another one", kind, key)
			}
		}
	}
}

func role(account, name string) reference.Principal {
	return reference.ParsePrincipal("arn:aws:iam::"+account+":role/"+name, false)
}

func service(name string) reference.Principal {
	return reference.ParsePrincipal(name+".amazonaws.com", false)
}

func web(issuer string) reference.Principal {
	return reference.ParsePrincipal("arn:aws:iam::"+ours+":oidc-provider/"+issuer, true)
}

// trustOf returns a trust policy, parsed by the strict grammar of trust policies.
func trustOf(t *testing.T, trust setup.Trust) *policy.Document {
	t.Helper()
	text, err := trust.Document()
	if err != nil {
		t.Fatalf("%s: %v", trust.Kind, err)
	}
	doc, err := policy.ParseAs(policy.Trust, text)
	if err != nil {
		t.Fatalf("%s: %v\n%s", trust.Kind, err, text)
	}
	return doc
}

// TestTrustConditions adds each condition to a trust of a role.
func TestTrustConditions(t *testing.T) {
	for name, test := range map[string]struct {
		with    func(*setup.Trust)
		context reference.Context
	}{
		"organization":    {func(t *setup.Trust) { t.Organization = "o-abcdefghij" }, reference.Context{"aws:principalorgid": {"o-abcdefghij"}}},
		"address":         {func(t *setup.Trust) { t.SourceIPs = []string{"203.0.113.0/24"} }, reference.Context{"aws:sourceip": {"203.0.113.7"}}},
		"endpoint":        {func(t *setup.Trust) { t.SourceVPCEs = []string{"vpce-0123456789abcdef0"} }, reference.Context{"aws:sourcevpce": {"vpce-0123456789abcdef0"}}},
		"source identity": {func(t *setup.Trust) { t.SourceIdentities = []string{"*@example.com"} }, reference.Context{"sts:sourceidentity": {"ada@example.com"}}},
		"session tag":     {func(t *setup.Trust) { t.SessionTags = map[string]string{"team": "core"} }, reference.Context{"aws:requesttag/team": {"core"}}},
		"MFA":             {func(t *setup.Trust) { t.MFA = true }, reference.Context{"aws:multifactorauthpresent": {"true"}}},
	} {
		trust := whole()[setup.SameAccount]
		test.with(&trust)
		doc := trustOf(t, trust)
		for _, ctx := range []reference.Context{test.context, {}} {
			r := reference.Request{Principal: role(ours, "hawser"), Action: "sts:AssumeRole", Context: ctx}
			if got := reference.Evaluate(doc, r).Outcome == reference.Allowed; got != (len(ctx) > 0) {
				t.Errorf("%s: with %v: %t", name, ctx, got)
			}
		}
	}
}

// TestTrustsThatAreNotValid wants the field that is wrong, and a fix.
func TestTrustsThatAreNotValid(t *testing.T) {
	for name, test := range map[string]struct {
		kind  setup.TrustKind
		with  func(*setup.Trust)
		field string
	}{
		"everybody":             {setup.SameAccount, func(t *setup.Trust) { t.Principal = "*" }, "principal"},
		"an account":            {setup.CrossAccount, func(t *setup.Trust) { t.Principal = "arn:aws:iam::" + ours + ":root" }, "principal"},
		"all roles":             {setup.CrossAccount, func(t *setup.Trust) { t.Principal = "arn:aws:iam::" + ours + ":role/*" }, "principal"},
		"another account":       {setup.SameAccount, func(t *setup.Trust) { t.Account = theirs }, "kind"},
		"no external ID":        {setup.CrossAccount, func(t *setup.Trust) { t.ExternalID = "" }, "external_id"},
		"all branches":          {setup.GitHub, func(t *setup.Trust) { t.Ref = "ref:refs/heads/*" }, "ref"},
		"all repositories":      {setup.GitHub, func(t *setup.Trust) { t.Repository = "acme/*" }, "repository"},
		"a command":             {setup.EKSPodIdentity, func(t *setup.Trust) { t.Cluster = "c; rm -rf ." }, "cluster"},
		"a role that is a line": {setup.EC2, func(t *setup.Trust) { t.Role = "x\nrm" }, "role_name"},
		"MFA of a service":      {setup.EC2, func(t *setup.Trust) { t.MFA = true }, "mfa"},
		"a cluster of GitHub":   {setup.GitHub, func(t *setup.Trust) { t.Cluster = "c" }, "cluster"},
		"no address":            {setup.SameAccount, func(t *setup.Trust) { t.SourceIPs = []string{"home"} }, "source_ip"},
		"no endpoint":           {setup.SameAccount, func(t *setup.Trust) { t.SourceVPCEs = []string{"vpc-1"} }, "source_vpce"},
		"no organization":       {setup.SameAccount, func(t *setup.Trust) { t.Organization = "acme" }, "organization_id"},
		"address and endpoint": {setup.SameAccount, func(t *setup.Trust) {
			t.SourceIPs, t.SourceVPCEs = []string{"203.0.113.7"}, []string{"vpce-0123456789abcdef0"}
		}, "source_ip"},
	} {
		trust := whole()[test.kind]
		test.with(&trust)
		_, err := trust.Document()
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != test.field || f.Fix == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTrustParts wants the ARN of the role, or its name, in what else is to be done.
func TestTrustParts(t *testing.T) {
	for kind, trust := range whole() {
		trust.Role = "ops/hawser"
		var all strings.Builder
		for _, p := range trust.Parts() {
			all.WriteString(p.Title + "\n" + p.Text + "\n")
		}
		if want := map[bool]string{true: "--role-name hawser", false: trust.RoleARN()}[kind == setup.EC2]; !strings.Contains(all.String(), want) {
			t.Errorf("%s: no %s in\n%s", kind, want, all.String())
		}
	}
}

func TestTheRoleOfASession(t *testing.T) {
	for session, want := range map[string]string{
		"arn:aws:sts::" + ours + ":assumed-role/hawser/me": hawser,
		"arn:aws:iam::" + ours + ":user/ada":               "",
		"arn:aws:sts::" + ours + ":federated-user/ada":     "",
	} {
		if got, ok := setup.RoleOfSession(session); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %t", session, got, ok)
		}
	}
}
