package setup

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/setup"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// choice is for what a policy is.
type choice struct {
	For       []string `json:"for,omitempty" jsonschema:"features: nouns such as s3 and lambda, and sync, sync.keys, sync.organization, sync.identity-center; default: all"`
	Tools     []string `json:"tool,omitempty" jsonschema:"single tools, such as s3.list"`
	ReadOnly  bool     `json:"read_only,omitempty" jsonschema:"only what reads"`
	Fallbacks bool     `json:"with_fallbacks,omitempty" jsonschema:"also the calls that stand in for a call which is denied"`
	Role      string   `json:"member_role,omitempty" jsonschema:"the role that is assumed in member accounts, such as OrganizationAccountAccessRole"`
}

type policyInput struct {
	choice
	Buckets      []string          `json:"bucket,omitempty" jsonschema:"only these S3 buckets" format:"bucket"`
	Prefixes     []string          `json:"prefix,omitempty" jsonschema:"only objects whose keys begin with one of these"`
	Functions    []string          `json:"function,omitempty" jsonschema:"only these Lambda functions"`
	LogGroups    []string          `json:"log_group,omitempty" jsonschema:"only these log groups"`
	InstanceTags map[string]string `json:"instance_tag,omitempty" jsonschema:"change only EC2 instances with these tags"`
	Accounts     []string          `json:"account,omitempty" jsonschema:"only resources of these accounts" format:"account-id"`
	Regions      []string          `json:"region,omitempty" jsonschema:"only these regions"`
	Partition    string            `json:"partition,omitempty" jsonschema:"AWS's partition" enum:"aws,aws-cn,aws-us-gov" default:"\"aws\""`
	Form         string            `json:"form,omitempty" jsonschema:"how the policy is attached, which decides how large it may be" enum:"managed,inline-user,inline-group,inline-role" default:"\"managed\""`
	Name         string            `json:"name,omitempty" jsonschema:"the beginning of the policies' names" default:"\"hawser\""`
}

// written is one policy.
type written struct {
	Name string `json:"name" jsonschema:"a name for the policy"`
	// Access is "read" or "change".
	Access   string          `json:"access" jsonschema:"read, for the role that reads, or change, for the role that may change"`
	Size     int             `json:"size" jsonschema:"characters that IAM counts, without white space"`
	Document json.RawMessage `json:"document" jsonschema:"the policy document"`
}

type policies struct {
	Policies []written `json:"policies"`
}

// Text returns the documents. A heading tells several apart.
func (p policies) Text() string {
	var b strings.Builder
	for _, each := range p.Policies {
		if len(p.Policies) > 1 {
			fmt.Fprintf(&b, "# %s\n", each.Name)
		}
		b.Write(each.Document)
		b.WriteByte('\n')
	}
	return b.String()
}

// Remarks says how large each policy is.
func (p policies) Remarks() []string {
	var all []string
	for _, each := range p.Policies {
		all = append(all, fmt.Sprintf("%s has %d characters", each.Name, each.Size))
	}
	return all
}

func (b *box) policyTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name:    "setup.policy",
		Summary: "Write the IAM policies that features of Hawser need",
		Description: "The policies have exactly the actions that tools and syncs declare, on the resources that an action knows, and on * only where it knows none. " +
			"What reads and what changes are separate policies, for separate roles. Nothing is created. hawser setup explain says what each action is for.",
		Effect: tool.Read, Idempotent: true,
		Examples: []tool.Example{
			{Does: "what reading one bucket takes", Input: `{"for": ["s3"], "read_only": true, "bucket": ["harbour"]}`},
			{Does: "what a sync of an organization takes", Input: `{"for": ["sync", "sync.keys", "sync.organization", "sync.identity-center"]}`},
			{Does: "one tool", Input: `{"tool": ["lambda.invoke"], "function": ["checkout"]}`},
		},
	}, b.policy)
}

func (b *box) policy(_ context.Context, _ *tool.Call, in policyInput) (policies, error) {
	uses, err := b.uses(in.choice)
	if err != nil {
		return policies{}, err
	}
	out := policies{Policies: []written{}}
	for _, access := range []string{"read", "change"} {
		part := slices.DeleteFunc(slices.Clone(uses), func(u setup.Use) bool { return u.Changes != (access == "change") })
		made, err := setup.Policies(cmp.Or(in.Name, "hawser")+"-"+access, setup.Form(cmp.Or(in.Form, "managed")), in.scope(), part)
		if err != nil {
			return policies{}, err
		}
		for _, p := range made {
			out.Policies = append(out.Policies, written{Name: p.Name, Access: access, Size: p.Size, Document: p.Document})
		}
	}
	if len(out.Policies) == 0 {
		return out, fault.New(fault.Invalid, "nothing of what was chosen needs a permission").
			WithFix("choose other features or tools, or leave out read_only")
	}
	return out, nil
}

// uses returns the actions that a choice needs.
func (b *box) uses(c choice) ([]setup.Use, error) {
	uses, err := b.chosen(c.For, c.Tools)
	if c.Role != "" {
		uses = append(uses, setup.Use{By: "all_accounts and syncs", Action: "sts:AssumeRole", Resource: "arn:{partition}:iam::{account}:role/" + c.Role})
	}
	return slices.DeleteFunc(uses, func(u setup.Use) bool { return u.Fallback && !c.Fallbacks || u.Changes && c.ReadOnly }), err
}

// scope returns how the policies are narrowed.
func (in policyInput) scope() setup.Scope {
	return setup.Scope{
		Partition: cmp.Or(in.Partition, "aws"), Accounts: in.Accounts, Regions: in.Regions, Buckets: in.Buckets, Prefixes: in.Prefixes,
		Functions: in.Functions, LogGroups: in.LogGroups, InstanceTags: in.InstanceTags,
	}
}
