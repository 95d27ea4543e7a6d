package iam

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
)

// FromFile reads what the aws CLI printed of get-account-authorization-details:
// the answer of one account, all pages as one. The error is Invalid.
func FromFile(cells *collect.CellList, r io.Reader, account string) error {
	bad := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "this is not what get-account-authorization-details prints").WithCause("%v", err).
			WithFix("create it again: aws iam get-account-authorization-details --output json > FILE")
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return bad(err)
	}
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return bad(err)
	}
	// The CLI prints policy documents as objects; the SDK has them as strings.
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
	o := collect.NewOutput()
	d := newDetails(account, o)
	if err := d.page(&out); err != nil {
		return bad(err)
	}
	if arn := d.foreign; arn != "" {
		return fault.New(fault.Invalid, "the file is not for account %s", account).WithCause("it holds %s", arn).At("account").WithFix("give the account that the file is for")
	}
	memberKeys(o)
	cells.Add(account, "file", o)
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
