package identity

import (
	"context"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type grantsListInput struct {
	Principal   string `json:"principal,omitempty" jsonschema:"who holds it, as KIND:KEY such as iam.user:ARN"`
	Entitlement string `json:"entitlement,omitempty" jsonschema:"what is held, as KIND:KEY such as iam.group:ARN"`
	Account     string `json:"account,omitempty" jsonschema:"entitlements of this account" format:"account-id"`
	Direct      bool   `json:"direct,omitempty" jsonschema:"only what is held directly"`
	Inherited   bool   `json:"inherited,omitempty" jsonschema:"only what is held through groups" xor:"direct"`
	kit.OfConnection
	kit.AsOf
	tool.Page
}

// grantRow is a grant as tables show it.
type grantRow struct {
	snapshot.Grant
	Who   string `json:"-" column:"PRINCIPAL" room:"wrap"`
	How   string `json:"-" column:"HOLDS"`
	What  string `json:"-" column:"ENTITLEMENT" room:"wrap"`
	In    string `json:"-" column:"ACCOUNT"`
	State string `json:"account_state,omitempty" column:"ACCOUNT STATE" jsonschema:"the state of an account that is not in use, such as SUSPENDED"`
	By    string `json:"-" column:"VIA"`
}

func (b *box) grantsListTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "grants.list", Items: "grants", Summary: "List who holds which entitlement, directly or through a group",
		Description: "Entitlements are groups, policies, roles to assume, and permission sets on accounts.",
		Effect:      tool.Read, Idempotent: true, Default: true,
		Examples: []tool.Example{
			{Does: "what a user holds", Input: `{"principal": "iam.user:arn:aws:iam::111122223333:user/ada"}`},
			{Does: "who holds something in an account, through groups", Input: `{"account": "111122223333", "inherited": true}`},
		},
	}, b.grantsList)
}

func (b *box) grantsList(ctx context.Context, call *tool.Call, in grantsListInput) (tool.List[grantRow], error) {
	st, err := b.OpenSnapshots(ctx, in.OfConnection)
	if err != nil {
		return tool.List[grantRow]{}, err
	}
	f := snapshot.GrantFilter{Account: in.Account, Direct: in.Direct, Inherited: in.Inherited}
	if f.At, err = in.At(ctx, st, in.Account, call.Now()); err != nil {
		return tool.List[grantRow]{}, err
	}
	if f.Principal, err = optionalID(in.Principal, "principal"); err != nil {
		return tool.List[grantRow]{}, err
	}
	if f.Entitlement, err = optionalID(in.Entitlement, "entitlement"); err != nil {
		return tool.List[grantRow]{}, err
	}
	states, err := inactive(ctx, st, "", f.At)
	if err != nil {
		return tool.List[grantRow]{}, err
	}
	list, err := kit.ByOffset(ctx, in.Page, func(offset, limit int) ([]snapshot.Grant, error) {
		f.Offset, f.Limit = offset, limit
		return st.Grants(ctx, f)
	}, func(g snapshot.Grant) grantRow {
		row := grantOf(g)
		row.State = states[g.Account]
		return row
	})
	if err != nil {
		return list, err
	}
	return kit.WithGaps(ctx, st, call.Now(), list)
}

func optionalID(text, field string) (snapshot.ID, error) {
	if text == "" {
		return snapshot.ID{}, nil
	}
	id, err := snapshot.ParseID(text)
	if err != nil {
		return id, fault.From(err).At(field)
	}
	if err := checkKind(string(id.Kind)); err != nil {
		return id, fault.From(err).At(field)
	}
	return id, nil
}

func grantOf(g snapshot.Grant) grantRow {
	row := grantRow{Grant: g, Who: nameOr(g.PrincipalName, g.Principal.Key), How: string(g.Relation), What: nameOr(g.EntitlementName, g.Entitlement.Key), In: g.Account}
	if g.Via != nil {
		row.By = nameOr(g.ViaName, g.Via.Key)
	}
	return row
}

func nameOr(name, key string) string {
	if name != "" {
		return name
	}
	return key
}

type accountsListInput struct {
	Name string `json:"name,omitempty" jsonschema:"part of a name or number"`
	kit.OfConnection
	kit.AsOf
	tool.Page
}

// accountRow is an account as listings show it.
type accountRow struct {
	Account string        `json:"account" column:"ACCOUNT"`
	Name    string        `json:"name,omitempty" column:"NAME"`
	State   string        `json:"state,omitempty" column:"STATE"`
	Email   string        `json:"email,omitempty" column:"EMAIL"`
	Tags    snapshot.Tags `json:"tags,omitempty"`
	Aliases []string      `json:"aliases,omitempty" column:"ALIAS"`
	Joined  time.Time     `json:"joined,omitzero" column:"JOINED"`
}

func (b *box) accountsListTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "accounts.list", Items: "accounts", Summary: "List the organization's accounts, as of the last sync",
		Effect: tool.Read, Idempotent: true, Default: true,
		Examples: []tool.Example{{Does: "all accounts", Input: `{}`}},
	}, b.accountsList)
}

func (b *box) accountsList(ctx context.Context, call *tool.Call, in accountsListInput) (tool.List[accountRow], error) {
	st, err := b.OpenSnapshots(ctx, in.OfConnection)
	if err != nil {
		return tool.List[accountRow]{}, err
	}
	run, err := in.At(ctx, st, "", call.Now())
	if err != nil {
		return tool.List[accountRow]{}, err
	}
	list, err := entities(ctx, st, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Account}, Name: in.Name, At: run}, in.Page, accountOf)
	if err != nil {
		return list, err
	}
	return kit.WithGaps(ctx, st, call.Now(), list)
}

func accountOf(e snapshot.Seen) (accountRow, bool) {
	row := accountRow{Account: e.Key, Name: e.Name}
	type whole struct {
		snapshot.AccountBody
		snapshot.AccountIAMBody
		snapshot.TagsBody
	}
	body, err := snapshot.Decode[whole](e.Entity)
	if err != nil {
		return row, true
	}
	row.State, row.Email, row.Joined, row.Aliases, row.Tags = body.State, body.Email, body.Joined, body.Aliases, body.Tags
	return row, true
}
