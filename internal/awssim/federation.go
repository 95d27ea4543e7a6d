package awssim

import (
	"bytes"
	"compress/flate"
	"maps"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim/wire"
	"github.com/hawser/hawser/internal/policy"
)

// getFederationToken follows
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
func getFederationToken(c *Call, in *sts.GetFederationTokenInput) (*sts.GetFederationTokenOutput, error) {
	if c.Temporary {
		return nil, &Error{Code: "AccessDenied", Message: "Cannot call GetFederationToken with session credentials", Status: http.StatusForbidden}
	}
	name := aws.ToString(in.Name)
	d := c.userSession(in.DurationSeconds)
	if err := checkTags(in.Tags, nil); err != nil {
		return nil, err
	}
	doc, size, err := c.sessionPolicies(in.Policy, in.PolicyArns, in.Tags)
	if err != nil {
		return nil, err
	}
	p := c.federated(name)
	p.SessionPolicy, p.Tags = doc, c.federatedTags(in.Tags)
	return &sts.GetFederationTokenOutput{
		Credentials:      stsCredentials(c.World.issue(p, d)),
		FederatedUser:    &types.FederatedUser{Arn: aws.String(p.ARN), FederatedUserId: aws.String(p.ID)},
		PackedPolicySize: aws.Int32(size), //nolint:staticcheck // SA1019: deprecated in 2026, and what most clients read
	}, nil
}

// federated is a federated user of the caller's.
func (c *Call) federated(name string) *Principal {
	return &Principal{
		Type: reference.FederatedUser, Account: c.Account, User: c.Principal.User, SessionName: name,
		ARN: federatedARN(c.Account, name), ID: c.Account.ID + ":" + name,
	}
}

// federatedTags are the tags of the user who federates, in whose places those of the
// session stand.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
func (c *Call) federatedTags(given []types.Tag) map[string]string {
	tags := make(map[string]string)
	maps.Copy(tags, c.Principal.Tags)
	for _, t := range given {
		setTag(tags, aws.ToString(t.Key), aws.ToString(t.Value))
	}
	return tags
}

func federatedARN(a *Account, name string) string { return a.ARN("sts", "", "federated-user/"+name) }

// sessionPolicies joins the policies of a session; without policies it allows nothing.
// It also returns how much of AWS's limit for packed policies they and the tags use, in
// percent.
func (c *Call) sessionPolicies(inline *string, arns []types.PolicyDescriptorType, tags []types.Tag) (*policy.Document, int32, error) {
	switch {
	case len(aws.ToString(inline)) > maxSessionPolicy:
		return nil, 0, invalid("Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to %d", maxSessionPolicy)
	case len(arns) > maxSessionManaged:
		return nil, 0, invalid("Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to %d", maxSessionManaged)
	}
	all := &policy.Document{Version: "2012-10-17"}
	var text bytes.Buffer
	if inline != nil {
		doc, err := sessionPolicy(inline)
		if err != nil {
			return nil, 0, err
		}
		all.Version, all.Statements = doc.Version, slices.Clone(doc.Statements)
		text.WriteString(*inline)
	}
	for _, a := range arns {
		doc, err := c.documentOf(aws.ToString(a.Arn))
		if err != nil {
			return nil, 0, err
		}
		all.Statements = append(all.Statements, doc.Statements...)
		text.WriteString(aws.ToString(a.Arn))
	}
	for _, t := range tags {
		text.WriteString(aws.ToString(t.Key) + "\x00" + aws.ToString(t.Value) + "\x00")
	}
	size := packedSize(text.Bytes())
	if size > 100 {
		return nil, 0, Errorf("PackedPolicyTooLarge", "Packed policy consumes %d%% of allotted space, please use smaller policy.", size)
	}
	return all, size, nil
}

// documentOf is the document in force of a managed policy that is named by ARN.
func (c *Call) documentOf(arn string) (*policy.Document, error) {
	c.World.mu.Lock()
	defer c.World.mu.Unlock()
	m, err := c.attachable(arn)
	if err != nil {
		return nil, Errorf("ValidationError", "%s", wire.AsError(err).Message)
	}
	return m.Default.Document, nil
}

// allotted is a guess: AWS does not say how large packed policies may be, nor how
// they are packed.
const allotted = 1024

// packedSize estimates how much of that limit a packed text uses, in percent.
func packedSize(text []byte) int32 {
	if len(text) == 0 {
		return 0
	}
	var packed bytes.Buffer
	zw, _ := flate.NewWriter(&packed, flate.BestCompression) // fails for no level that there is
	_, _ = zw.Write(text)                                    // memory does not fail
	_ = zw.Close()
	return int32((packed.Len()*100 + allotted - 1) / allotted)
}

// barTemporary refuses what temporary credentials of users may not call. Those of
// federated users call neither IAM nor STS but for GetCallerIdentity; those of
// GetSessionToken call IAM only with multi-factor authentication, and of STS AssumeRole
// as well.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
func (c *Call) barTemporary() error {
	federated := c.Principal.Type == reference.FederatedUser
	session := c.Principal.Type == reference.User && c.Temporary
	switch {
	case c.Service.Model == "iam" && (federated || session && !c.Principal.MFA):
		return c.Service.refuse(c.protocol, badToken, "")
	case c.Service.Model != "sts" || c.Operation == "GetCallerIdentity":
	case federated, session && !slices.Contains([]string{"AssumeRole", "GetSessionToken", "GetFederationToken"}, c.Operation): // which say why themselves
		return c.deniedRole("sts:"+c.Operation, "*")
	}
	return nil
}
