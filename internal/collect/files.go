package collect

import (
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// fileCells are cells that were read from files.
type fileCells struct {
	outcomes []snapshot.Outcome
	batches  []*snapshot.Batch
}

// Next implements Cells.
func (c *fileCells) Next() (snapshot.Outcome, *snapshot.Batch, error) {
	if len(c.outcomes) == 0 {
		return snapshot.Outcome{}, nil, io.EOF
	}
	o, b := c.outcomes[0], c.batches[0]
	c.outcomes, c.batches = c.outcomes[1:], c.batches[1:]
	return o, b, nil
}

func (c *fileCells) take(account, way string, y *yield) {
	for _, f := range slices.Sorted(maps.Keys(y.batches)) {
		c.outcomes = append(c.outcomes, snapshot.Outcome{Cell: snapshot.Cell{Account: account, Facet: f}, Status: snapshot.OK, Way: way})
		c.batches = append(c.batches, y.batches[f])
	}
}

// FromFiles reads what the aws CLI printed: of get-account-authorization-details
// for an account, and of the organization's calls, put together as
// docs/snapshot.md says. Either may be nil. The error is Invalid.
func FromFiles(details io.Reader, account string, organization io.Reader) (Cells, error) {
	cells := &fileCells{}
	if details != nil {
		if err := cells.details(details, account); err != nil {
			return nil, err
		}
	}
	if organization != nil {
		if err := cells.organization(organization, account); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// details reads the answer of one account, all pages of which the aws CLI
// prints as one.
func (c *fileCells) details(r io.Reader, account string) error {
	bad := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "this is not what get-account-authorization-details prints").WithCause("%v", err).
			WithFix("write it anew: aws iam get-account-authorization-details --output json > FILE")
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return bad(err)
	}
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return bad(err)
	}
	// The CLI shows policy documents as objects, where the SDK has texts.
	if raw, err = json.Marshal(asTexts(whole)); err != nil {
		return bad(err)
	}
	var out iam.GetAccountAuthorizationDetailsOutput
	if err := json.Unmarshal(raw, &out); err != nil {
		return bad(err)
	}
	if len(out.UserDetailList)+len(out.RoleDetailList)+len(out.GroupDetailList)+len(out.Policies) == 0 {
		return bad(fault.New(fault.Invalid, "it holds no users, groups, roles or policies"))
	}
	y := newYield()
	for _, f := range []snapshot.Facet{iamUsers, iamUserDetails, iamGroups, iamMembers, iamRoles, iamRoleDetails, iamPolicies, iamAttachments} {
		y.of(f)
	}
	d := newDetails(account, y)
	if err := d.page(&out); err != nil {
		return bad(err)
	}
	if arn := d.foreign; arn != "" {
		return fault.New(fault.Invalid, "the file is not of account %s", account).WithCause("it holds %s", arn).At("account").WithFix("give the account that it is of")
	}
	memberKeys(y)
	c.take(account, "file", y)
	return nil
}

// documents are the members that hold policy documents.
var documents = []string{"AssumeRolePolicyDocument", "PolicyDocument", "Document"}

// asTexts turns policy documents that are objects into texts.
func asTexts(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = asTexts(v[i])
		}
	case map[string]any:
		for name, value := range v {
			if _, object := value.(map[string]any); object && slices.Contains(documents, name) {
				if text, err := json.Marshal(value); err == nil {
					v[name] = string(text)
				}
				continue
			}
			v[name] = asTexts(value)
		}
	}
	return v
}

// organizationFile is what the aws CLI prints of an organization's calls, in
// one object.
type organizationFile struct {
	Organization *orgtypes.Organization
	Accounts     []orgtypes.Account
	Policies     []struct {
		PolicySummary orgtypes.PolicySummary
		Content       string
		Targets       []orgtypes.PolicyTargetSummary
	}
}

func (c *fileCells) organization(r io.Reader, home string) error {
	bad := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "this is no organization as docs/snapshot.md says").WithCause("%v", err).At("organization").
			WithFix(`write {"Accounts": ..., "Policies": ...} from what aws organizations prints`)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return bad(err)
	}
	var file organizationFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return bad(err)
	}
	if len(file.Accounts) == 0 {
		return bad(fault.New(fault.Invalid, "it names no Accounts"))
	}
	y := newYield()
	for _, a := range file.Accounts {
		addAccount(y.of(orgAccounts), a)
	}
	if o := file.Organization; o != nil {
		addOrganization(y.of(orgItself), o)
		home = aws.ToString(o.MasterAccountId)
	}
	for _, p := range file.Policies {
		id, err := addOrgPolicy(y.of(orgPolicies), p.PolicySummary, &p.Content)
		if err != nil {
			return bad(err)
		}
		for _, t := range p.Targets {
			govern(y.of(orgPolicies), id, t)
		}
	}
	c.take(home, "file", y)
	return nil
}
