package setup

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/setup"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type trustInput struct {
	Connection   string            `json:"connection,omitempty" jsonschema:"the connection whose identity is to assume the role, where no principal is given; default: the configured default" complete:"connection"`
	Kind         string            `json:"kind" jsonschema:"who assumes the role" enum:"same-account,cross-account,ec2,ecs,lambda,eks-web-identity,eks-pod-identity,github-oidc,roles-anywhere"`
	Account      string            `json:"account,omitempty" jsonschema:"the account in which the role is created; default: that of the connection" format:"account-id"`
	Role         string            `json:"role_name,omitempty" jsonschema:"the role's name, with its path if it has one" default:"\"hawser\""`
	Principal    string            `json:"principal,omitempty" jsonschema:"the ARN of the user or role that assumes the role; default: the identity of the connection" format:"arn"`
	ExternalID   string            `json:"external_id,omitempty" jsonschema:"what the principal must send; default for cross-account: a new random one"`
	Organization string            `json:"organization_id,omitempty" jsonschema:"the principal must be in this organization"`
	SourceIPs    []string          `json:"source_ip,omitempty" jsonschema:"requests must come from these blocks of addresses"`
	SourceVPCEs  []string          `json:"source_vpce,omitempty" jsonschema:"requests must come through these VPC endpoints"`
	Identities   []string          `json:"source_identity,omitempty" jsonschema:"the source identity must match one of these"`
	SessionTags  map[string]string `json:"session_tag,omitempty" jsonschema:"the session must be given these tags"`
	MFA          bool              `json:"mfa,omitempty" jsonschema:"the principal must have signed in with MFA"`
	Cluster      string            `json:"cluster,omitempty" jsonschema:"the EKS cluster"`
	Issuer       string            `json:"issuer,omitempty" jsonschema:"the cluster's OIDC issuer"`
	Namespace    string            `json:"namespace,omitempty" jsonschema:"the Kubernetes namespace"`
	Service      string            `json:"service_account,omitempty" jsonschema:"the Kubernetes service account"`
	Repository   string            `json:"repository,omitempty" jsonschema:"the repository on GitHub, as OWNER/NAME"`
	Ref          string            `json:"ref,omitempty" jsonschema:"what of the repository may assume the role, such as ref:refs/heads/main or environment:production"`
	Anchor       string            `json:"trust_anchor,omitempty" jsonschema:"the ARN of the trust anchor of IAM Roles Anywhere"`
	CommonName   string            `json:"common_name,omitempty" jsonschema:"the common name of the certificate's subject"`
	Region       string            `json:"region,omitempty" jsonschema:"the region of the ECS tasks; default: every region"`
}

// part is something to create beside the role.
type part struct {
	Title string `json:"title"`
	Text  string `json:"text" jsonschema:"commands of the aws CLI, or a piece of a file; words in capitals are to be replaced"`
}

type trusted struct {
	Role       string          `json:"role_arn" jsonschema:"the role's ARN once it is created"`
	Document   json.RawMessage `json:"document" jsonschema:"the trust policy"`
	ExternalID string          `json:"external_id,omitempty" jsonschema:"what the principal must send"`
	Parts      []part          `json:"parts" jsonschema:"what else to create or set"`
	Notes      []string        `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`
}

// Text returns the document and what else is to be done.
func (t trusted) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# the trust policy of %s\n%s\n", t.Role, t.Document)
	for _, p := range t.Parts {
		fmt.Fprintf(&b, "\n# %s\n%s\n", p.Title, p.Text)
	}
	return b.String()
}

// Remarks returns the notes.
func (t trusted) Remarks() []string { return t.Notes }

func (b *box) trustTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name:    "setup.trust",
		Summary: "Write the trust policy of a role, and what else the role takes",
		Description: "The policy trusts one user, role, service or workload, and nobody else. For a role of another account it demands an external ID, which is made here. " +
			"Nothing is created.",
		Effect: tool.Read, Args: []string{"kind"},
		Needs: []tool.Need{{Action: "sts:GetCallerIdentity", Resource: kit.AnyResource, When: tool.Condition{Absent: []string{"principal"}, Besides: "a user or role is trusted, or no account is given"}}},
		Examples: []tool.Example{
			{Does: "a role in another account", Input: `{"kind": "cross-account", "account": "444455556666", "principal": "arn:aws:iam::111122223333:role/hawser"}`},
			{Does: "for an EC2 instance", Input: `{"kind": "ec2", "account": "111122223333"}`},
			{Does: "for a workflow on GitHub", Input: `{"kind": "github-oidc", "account": "111122223333", "repository": "acme/infrastructure", "ref": "ref:refs/heads/main"}`},
		},
	}, b.trust)
}

func (b *box) trust(ctx context.Context, _ *tool.Call, in trustInput) (trusted, error) {
	t := setup.Trust{
		Kind: setup.TrustKind(in.Kind), Role: cmp.Or(in.Role, "hawser"), Account: in.Account, Region: in.Region, Principal: in.Principal, ExternalID: in.ExternalID,
		Organization: in.Organization, SourceIPs: in.SourceIPs, SourceVPCEs: in.SourceVPCEs, SourceIdentities: in.Identities,
		SessionTags: in.SessionTags, MFA: in.MFA, Cluster: in.Cluster, Namespace: in.Namespace, ServiceAccount: in.Service,
		Issuer: strings.TrimPrefix(in.Issuer, "https://"), Repository: in.Repository, Ref: in.Ref, Anchor: in.Anchor, CommonName: in.CommonName,
	}
	notes, err := b.complete(ctx, &t, in.Connection)
	if err != nil {
		return trusted{}, err
	}
	if t.Kind == setup.CrossAccount && t.ExternalID == "" {
		t.ExternalID = newExternalID()
	}
	document, err := t.Document()
	if err != nil {
		return trusted{}, err
	}
	out := trusted{Role: t.RoleARN(), Document: document, ExternalID: t.ExternalID, Notes: notes}
	for _, p := range t.Parts() {
		out.Parts = append(out.Parts, part(p))
	}
	return out, nil
}

// newExternalID returns 128 random bits.
func newExternalID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// complete fills in the principal and the account from who the connection is.
func (b *box) complete(ctx context.Context, t *setup.Trust, connection string) (notes []string, err error) {
	t.Partition = "aws"
	if name, ok := arn.Parse(t.Principal); ok {
		t.Partition = name.Partition
	}
	person := t.Kind == setup.SameAccount || t.Kind == setup.CrossAccount
	if t.Account != "" && (t.Principal != "" || !person) {
		return nil, nil
	}
	session, err := b.Session(ctx, tool.Target{Connection: connection})
	if err != nil {
		return nil, err
	}
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
	caller, err := awsapi.Client(session, sts.NewFromConfig).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, err
	}
	name, _ := arn.Parse(aws.ToString(caller.Arn))
	t.Partition, t.Account = cmp.Or(name.Partition, t.Partition), cmp.Or(t.Account, aws.ToString(caller.Account))
	if !person || t.Principal != "" {
		return nil, nil
	}
	t.Principal = aws.ToString(caller.Arn)
	if role, ok := setup.RoleOfSession(t.Principal); ok {
		t.Principal = role
		notes = append(notes, "the ARN of a session lacks the path of its role: if "+role+" has one, give its ARN as the principal")
	}
	return notes, nil
}
