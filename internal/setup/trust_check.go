package setup

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
)

// requirement is a field of a Trust that a kind needs.
type requirement struct {
	field, value string
	form         *regexp.Regexp
	example      string
}

var (
	roleForm    = regexp.MustCompile(`^([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$`)
	accountForm = regexp.MustCompile(`^\d{12}$`)
	// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
	clusterForm = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`)
	// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
	labelForm  = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
	issuerForm = regexp.MustCompile(`^[a-z0-9.-]+(/[A-Za-z0-9._~-]+)*$`)
	repoForm   = regexp.MustCompile(`^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$`)
	// https://docs.github.com/en/actions/reference/security/oidc
	refForm    = regexp.MustCompile(`^(ref:refs/(heads|tags)/[^\s*?"'\\$]+|environment:[^\s*?"'\\$:]+|pull_request)$`)
	anchorForm = regexp.MustCompile(`^arn:[a-z-]+:rolesanywhere:[a-z0-9-]+:\d{12}:trust-anchor/[0-9a-f-]{36}$`)
	nameForm   = regexp.MustCompile(`^[^*?"'\\$\x00-\x1f]+$`)
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
	externalForm     = regexp.MustCompile(`^[\w+=,.@:/-]+$`)
	organizationForm = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
	endpointForm     = regexp.MustCompile(`^vpce-[0-9a-f]{8,17}$`)
)

// required returns what the kind needs.
func (t Trust) required() []requirement {
	all := []requirement{{"account", t.Account, accountForm, "111122223333"}, {"role_name", t.Role, roleForm, "hawser"}}
	switch t.Kind {
	case EKSWebIdentity:
		all = append(
			all, requirement{"issuer", t.Issuer, issuerForm, "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"},
			requirement{"namespace", t.Namespace, labelForm, "hawser"}, requirement{"service_account", t.ServiceAccount, labelForm, "hawser"},
		)
	case EKSPodIdentity:
		all = append(
			all, requirement{"cluster", t.Cluster, clusterForm, "production"},
			requirement{"namespace", t.Namespace, labelForm, "hawser"}, requirement{"service_account", t.ServiceAccount, labelForm, "hawser"},
		)
	case GitHub:
		all = append(all, requirement{"repository", t.Repository, repoForm, "acme/infrastructure"}, requirement{"ref", t.Ref, refForm, "ref:refs/heads/main"})
	case RolesAnywhere:
		all = append(
			all, requirement{"trust_anchor", t.Anchor, anchorForm, "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/EXAMPLE-1111-2222-3333-444455556666"},
			requirement{"common_name", t.CommonName, nameForm, "hawser.example.com"},
		)
	case CrossAccount:
		all = append(all, requirement{"external_id", t.ExternalID, externalForm, "a random text of 32 characters"})
	}
	return all
}

// check refuses what the kind lacks, and what is not valid.
func (t Trust) check() error {
	for _, r := range t.required() {
		if !r.form.MatchString(r.value) {
			return fault.New(fault.Invalid, "a role of the kind %s needs %s, not %q", t.Kind, r.field, r.value).At(r.field).WithFix("give one such as %s", r.example)
		}
	}
	if t.Kind == SameAccount || t.Kind == CrossAccount {
		if err := t.checkPrincipal(); err != nil {
			return err
		}
	}
	if field := t.useless(); field != "" {
		return fault.New(fault.Invalid, "%s has no meaning for a role of the kind %s", field, t.Kind).At(field).
			WithFix("leave out %s", field)
	}
	return t.checkConditions()
}

// useless returns a field that is given and has no meaning for the kind; "" if there is
// none. Services assume roles from AWS's own addresses, and a web identity has neither an
// organization nor MFA, so that nobody could meet such conditions.
func (t Trust) useless() string {
	person := t.Kind == SameAccount || t.Kind == CrossAccount
	web := t.issuer() != ""
	eks := t.Kind == EKSWebIdentity || t.Kind == EKSPodIdentity
	for _, f := range []struct {
		field        string
		given, meant bool
	}{
		{"principal", t.Principal != "", person},
		{"external_id", t.ExternalID != "", person},
		{"organization_id", t.Organization != "", person},
		{"source_ip", len(t.SourceIPs) > 0, person || web},
		{"source_vpce", len(t.SourceVPCEs) > 0, person || web},
		{"source_identity", len(t.SourceIdentities) > 0, person},
		{"session_tag", len(t.SessionTags) > 0, person},
		{"mfa", t.MFA, person},
		{"cluster", t.Cluster != "", t.Kind == EKSPodIdentity},
		{"issuer", t.Issuer != "", t.Kind == EKSWebIdentity},
		{"namespace", t.Namespace != "", eks},
		{"service_account", t.ServiceAccount != "", eks},
		{"repository", t.Repository != "", t.Kind == GitHub},
		{"ref", t.Ref != "", t.Kind == GitHub},
		{"trust_anchor", t.Anchor != "", t.Kind == RolesAnywhere},
		{"common_name", t.CommonName != "", t.Kind == RolesAnywhere},
		{"region", t.Region != "", t.Kind == ECS},
	} {
		if f.given && !f.meant {
			return f.field
		}
	}
	return ""
}

// checkPrincipal refuses everybody, and a principal of the wrong account.
func (t Trust) checkPrincipal() error {
	name, ok := arn.Parse(t.Principal)
	kind, _, _ := strings.Cut(name.Resource, "/")
	if !ok || name.Service != "iam" || kind != "user" && kind != "role" || strings.ContainsAny(t.Principal, "*?") {
		return fault.New(fault.Invalid, "%q is not the ARN of one user or role", t.Principal).At("principal").
			WithFix("give one such as arn:aws:iam::111122223333:role/hawser")
	}
	if same := name.Account == t.Account; same != (t.Kind == SameAccount) {
		return fault.New(fault.Invalid, "the principal is of account %s and the role of %s, which is not the kind %s", name.Account, t.Account, t.Kind).At("kind").
			WithFix("give kind same-account for a principal of the role's own account, else cross-account")
	}
	return nil
}

// checkConditions refuses conditions that are not valid.
func (t Trust) checkConditions() error {
	if n := len(t.ExternalID); n > 0 && (n < 2 || n > 1224 || !externalForm.MatchString(t.ExternalID)) {
		return fault.New(fault.Invalid, "the external ID is not valid").At("external_id").WithFix("give 2 to 1,224 letters, digits and _+=,.@:/-")
	}
	if t.Organization != "" && !organizationForm.MatchString(t.Organization) {
		return fault.New(fault.Invalid, "%q is not the ID of an organization", t.Organization).At("organization_id").WithFix("give one such as o-exampleorgid")
	}
	for _, block := range t.SourceIPs {
		if _, err := netip.ParsePrefix(block); err != nil {
			if _, err := netip.ParseAddr(block); err != nil {
				return fault.New(fault.Invalid, "%q is not a block of IP addresses", block).At("source_ip").WithFix("give one such as 203.0.113.0/24")
			}
		}
	}
	for _, id := range t.SourceVPCEs {
		if !endpointForm.MatchString(id) {
			return fault.New(fault.Invalid, "%q is not the ID of a VPC endpoint", id).At("source_vpce").WithFix("give one such as vpce-0123456789abcdef0")
		}
	}
	if len(t.SourceIPs) > 0 && len(t.SourceVPCEs) > 0 {
		return fault.New(fault.Invalid, "source_ip and source_vpce can't be used together").At("source_ip").
			WithCause("a request through a VPC endpoint has no public source address, so that no request would meet both").WithFix("give one of the two")
	}
	return nil
}
