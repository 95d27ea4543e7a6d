// Package connections holds the tools of Hawser's connections: connections.list, connections.check, doctor and whoami.
package connections

import (
	"context"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/finding"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// box makes the tools.
type box struct {
	*kit.Kit
}

// Tools lists the tools.
func Tools(k *kit.Kit) []*tool.Tool {
	b := &box{Kit: k}
	return []*tool.Tool{b.listTool(), b.checkTool(), b.doctorTool(), b.whoamiTool()}
}

// connectionRow is one connection as its configuration has it.
type connectionRow struct {
	Name      string   `json:"name" column:"CONNECTION"`
	Default   bool     `json:"default,omitempty" column:"DEFAULT" jsonschema:"the default connection"`
	Source    string   `json:"source" column:"SOURCE" room:"last" jsonschema:"the source of its first credentials"`
	Profile   string   `json:"profile,omitempty" column:"PROFILE"`
	Region    string   `json:"region,omitempty" column:"REGION" room:"last"`
	Roles     []string `json:"roles,omitempty" column:"ROLES" room:"first" jsonschema:"the ARNs of the roles assumed, in order"`
	Endpoint  string   `json:"endpoint,omitempty" column:"ENDPOINT" room:"first"`
	Owners    []string `json:"owners,omitempty" column:"OWNERS" room:"first" jsonschema:"its owner"`
	Overrides []string `json:"overrides,omitempty" column:"OVERRIDDEN" room:"first" jsonschema:"settings that the environment overrides"`
}

func (b *box) listTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "connections.list", Items: "connections",
		Lists:       map[string]string{"connection": "name"},
		Summary:     "List the connections",
		Description: "Lists the configuration and does not call AWS. connections.check tries a connection.",
		Effect:      tool.Read, Idempotent: true, Default: true,
		Examples: []tool.Example{{Does: "every connection", Input: `{}`}},
	}, b.connectionsList)
}

func (b *box) connectionsList(context.Context, *tool.Call, struct{}) (tool.List[connectionRow], error) {
	pool, err := b.Pool()
	if err != nil {
		return tool.List[connectionRow]{}, err
	}
	list := tool.List[connectionRow]{Items: []connectionRow{}}
	for _, name := range pool.Names() {
		info, err := pool.Describe(name)
		if err != nil {
			return list, err
		}
		list.Items = append(list.Items, connectionRow{
			Name: info.Name, Default: info.Default, Source: string(info.Source), Profile: info.Profile,
			Region: info.Region, Roles: info.Roles, Endpoint: info.Endpoint, Owners: info.Owners, Overrides: info.Overrides,
		})
	}
	return list, nil
}

type checkInput struct {
	Name string `json:"name,omitempty" jsonschema:"the connection; default: the default one" complete:"connection"`
}

func (b *box) checkTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "connections.check", Items: "findings",
		Summary: "Try a connection and say what is wrong or risky about it",
		Description: "Shows the source and the identity of the credentials, the region, expiry and clock skew, and warns of long-lived keys and " +
			"root credentials. Each finding has its cause and fix.",
		Effect: tool.Read, Idempotent: true, Args: []string{"name"},
		Needs:    []tool.Need{{Action: "sts:GetCallerIdentity", Resource: "*"}},
		Examples: []tool.Example{{Does: "the connection prod", Input: `{"name": "prod"}`}},
	}, b.check)
}

func (b *box) check(ctx context.Context, _ *tool.Call, in checkInput) (diagnosis, error) {
	pool, err := b.Pool()
	if err != nil {
		return diagnosis{}, err
	}
	name := in.Name
	if name == "" {
		name = pool.Default()
	}
	if _, err := pool.Describe(name); err != nil {
		return diagnosis{}, err
	}
	return diagnosis{Findings: rowsOf(pool.Check(ctx, name))}, nil
}

func (b *box) doctorTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "doctor.run", Items: "findings",
		Summary:     "Examine every connection, or one, and say what to correct",
		Description: "Does what connections.check does, for all connections.",
		Effect:      tool.Read, Idempotent: true, Default: true, Bare: true, Args: []string{"name"},
		Needs:    []tool.Need{{Action: "sts:GetCallerIdentity", Resource: "*"}},
		Examples: []tool.Example{{Does: "examine everything", Input: `{}`}},
	}, b.doctor)
}

func (b *box) doctor(ctx context.Context, call *tool.Call, in checkInput) (diagnosis, error) {
	if in.Name != "" {
		return b.check(ctx, call, in)
	}
	pool, err := b.Pool()
	if err != nil {
		return diagnosis{}, err
	}
	var all diagnosis
	for _, name := range pool.Names() {
		all.Findings = append(all.Findings, rowsOf(pool.Check(ctx, name))...)
	}
	return all, nil
}

// diagnosis is the result of an examination.
type diagnosis struct {
	Findings []row `json:"findings"`
}

// row is a finding as the answer holds it.
type row struct {
	Connection string           `json:"connection" column:"CONNECTION"`
	ID         string           `json:"id" column:"CHECK"`
	Status     finding.Severity `json:"status" column:"STATUS" jsonschema:"ok, warning or failure"`
	Message    string           `json:"message" jsonschema:"what was found"`
	Cause      string           `json:"cause,omitempty"`
	Fix        string           `json:"fix,omitempty"`

	Lines tool.Lines `json:"-" column:"FOUND"`
}

func rowsOf(found []finding.Finding) []row {
	var out []row
	for _, f := range found {
		out = append(out, row{
			Connection: f.Where, ID: f.Check, Status: f.Severity, Message: f.Message, Cause: f.Cause, Fix: f.Fix, Lines: f.Lines(),
		})
	}
	return out
}

// Rows returns the findings for a table.
func (d diagnosis) Rows() any { return d.Findings }

// Verdict returns a Conflict where a check failed.
func (d diagnosis) Verdict() error {
	var failed []string
	for _, f := range d.Findings {
		if f.Status == finding.Failure {
			failed = append(failed, f.Connection+" "+f.ID)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "%s failed: %s", kit.Count(len(failed), "check"), strings.Join(failed, ", ")).
		WithFix("each finding says what to do")
}
