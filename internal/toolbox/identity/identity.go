// Package identity holds the tools that read the store: who there is, and what they may do.
package identity

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
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
	return []*tool.Tool{
		b.listTool(), b.getTool(), b.whoTool(),
		b.grantsListTool(), b.keysListTool(), b.keysGetTool(), b.accountsListTool(), b.changesListTool(),
	}
}

type listInput struct {
	Kind    []string `json:"kind,omitempty" jsonschema:"only these kinds, such as iam.user or sso.group; default: all"`
	Account string   `json:"account,omitempty" jsonschema:"only entities of this account" format:"account-id"`
	Name    string   `json:"name,omitempty" jsonschema:"part of a name or ARN, or a glob such as deploy-*"`
	kit.OfConnection
	kit.AsOf
	tool.Page
}

// Validate refuses kinds that there are not.
func (in listInput) Validate() error {
	for _, k := range in.Kind {
		if err := checkKind(k); err != nil {
			return err
		}
	}
	return nil
}

func checkKind(kind string) error {
	var all []string
	for _, known := range snapshot.Kinds() {
		if string(known) == kind {
			return nil
		}
		all = append(all, string(known))
	}
	f := fault.New(fault.Invalid, "%q is not a kind", kind).At("kind").WithFix("use one of %s", strings.Join(all, ", "))
	if near := fault.Nearest(kind, all); near != "" {
		f = f.WithCause("did you mean %s?", near)
	}
	return f
}

func kindsOf(words []string) []snapshot.Kind {
	var kinds []snapshot.Kind
	for _, w := range words {
		kinds = append(kinds, snapshot.Kind(w))
	}
	return kinds
}

// identityRow is an entity as listings show it.
type identityRow struct {
	Kind    snapshot.Kind   `json:"kind" column:"KIND"`
	Name    string          `json:"name,omitempty" column:"NAME"`
	Account string          `json:"account,omitempty" column:"ACCOUNT"`
	Key     string          `json:"key" column:"KEY" jsonschema:"the key for identity.get, with the kind"`
	State   string          `json:"account_state,omitempty" column:"ACCOUNT STATE" jsonschema:"the state of an account that is not in use, such as SUSPENDED"`
	Body    json.RawMessage `json:"body,omitempty"`
	snapshot.Life
}

func of(e snapshot.Seen) (identityRow, bool) {
	return identityRow{Kind: e.Kind, Name: e.Name, Account: e.Account, Key: e.Key, Body: e.Body, Life: e.Life}, true
}

func (b *box) listTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "identity.list", Items: "identities", Summary: "List identities and what belongs to them, of any kind",
		Effect: tool.Read, Idempotent: true, Default: true,
		Examples: []tool.Example{
			{Does: "IAM users of an account", Input: `{"kind": ["iam.user"], "account": "111122223333"}`},
			{Does: "roles for deploying, as of a week ago", Input: `{"kind": ["iam.role"], "name": "deploy*", "date": "1w"}`},
		},
	}, b.identityList)
}

func (b *box) identityList(ctx context.Context, call *tool.Call, in listInput) (tool.List[identityRow], error) {
	st, err := b.OpenSnapshots(ctx, in.OfConnection)
	if err != nil {
		return tool.List[identityRow]{}, err
	}
	run, err := in.At(ctx, st, in.Account, call.Now())
	if err != nil {
		return tool.List[identityRow]{}, err
	}
	f := snapshot.Filter{Kinds: kindsOf(in.Kind), Account: in.Account, Name: in.Name, At: run}
	states, err := inactive(ctx, st, in.Account, run)
	if err != nil {
		return tool.List[identityRow]{}, err
	}
	list, err := entities(ctx, st, f, in.Page, func(e snapshot.Seen) (identityRow, bool) {
		row, wanted := of(e)
		row.State = states[e.Account]
		return row, wanted
	})
	if err != nil {
		return list, err
	}
	return kit.WithGaps(ctx, st, call.Now(), list)
}

// entities lists entities page by page; the cursor is the last one. Show converts
// an entity for the answer, and reports whether it is wanted.
func entities[T any](ctx context.Context, st *store.Store, f snapshot.Filter, page tool.Page, show func(snapshot.Seen) (T, bool)) (tool.List[T], error) {
	return tool.Gather(ctx, []tool.Target{{}}, page, func(ctx context.Context, _ tool.Target, token string, limit int) (tool.Batch[T], error) {
		f.After = snapshot.ID{}
		if token != "" {
			var err error
			if f.After, err = snapshot.ParseID(token); err != nil {
				return tool.Batch[T]{}, err
			}
		}
		f.Limit = kit.RowsAtOnce
		if limit > 0 {
			f.Limit = min(max(limit, kit.LeastRows), kit.RowsAtOnce)
		}
		found, err := st.Entities(ctx, f)
		if err != nil {
			return tool.Batch[T]{}, err
		}
		var batch tool.Batch[T]
		for _, e := range found {
			if item, wanted := show(e); wanted {
				batch.Items = append(batch.Items, item)
			}
		}
		if len(found) == f.Limit {
			batch.Next = found[len(found)-1].String()
		}
		return batch, nil
	})
}

type getInput struct {
	Kind string `json:"kind" jsonschema:"the kind, such as iam.role"`
	Key  string `json:"key" jsonschema:"the key: the ARN for entities of IAM"`
	kit.OfConnection
	kit.AsOf
}

// Validate refuses kinds that there are not.
func (in getInput) Validate() error { return checkKind(in.Kind) }

// identityCard is an entity with its relations.
type identityCard struct {
	snapshot.Seen
	State string `json:"account_state,omitempty" jsonschema:"the state of an account that is not in use, such as SUSPENDED"`

	Out []snapshot.Link `json:"out,omitempty" jsonschema:"relations from it"`
	In  []snapshot.Link `json:"in,omitempty" jsonschema:"relations to it"`

	Notes []string `json:"notes,omitempty"`
}

// Remarks returns the notes, for the registry.
func (c identityCard) Remarks() []string { return c.Notes }

func (b *box) getTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "identity.get", Summary: "Show one identity with all that is known of it, and its relations",
		Effect: tool.Read, Idempotent: true, Args: []string{"kind", "key"},
		Examples: []tool.Example{{Does: "a role", Input: `{"kind": "iam.role", "key": "arn:aws:iam::111122223333:role/Deploy"}`}},
	}, b.get)
}

func (b *box) get(ctx context.Context, call *tool.Call, in getInput) (identityCard, error) {
	st, err := b.OpenSnapshots(ctx, in.OfConnection)
	if err != nil {
		return identityCard{}, err
	}
	run, err := in.At(ctx, st, arn.AccountIn(in.Key), call.Now())
	if err != nil {
		return identityCard{}, err
	}
	id := snapshot.ID{Kind: snapshot.Kind(in.Kind), Key: in.Key}
	e, err := st.Entity(ctx, id, run)
	if err != nil {
		return identityCard{}, maybeUnread(ctx, st, err, call.Now())
	}
	states, err := inactive(ctx, st, e.Account, run)
	if err != nil {
		return identityCard{}, err
	}
	card := identityCard{Seen: e, State: states[e.Account]}
	if card.Out, err = st.Links(ctx, id, true, run); err != nil {
		return card, err
	}
	if card.In, err = st.Links(ctx, id, false, run); err != nil {
		return card, err
	}
	card.Notes, err = kit.SnapshotNotes(ctx, st, "", call.Now())
	return card, err
}
