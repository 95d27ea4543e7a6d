package identity

import (
	"context"
	"fmt"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type changesListInput struct {
	From    int64     `json:"from,omitempty" jsonschema:"the run to compare with; default: the one before the last" min:"1"`
	To      int64     `json:"to,omitempty" jsonschema:"the run to compare; default: now" min:"1"`
	Since   tool.When `json:"since,omitempty" jsonschema:"the moment to compare with" xor:"from"`
	Until   tool.When `json:"until,omitempty" jsonschema:"the moment to compare" xor:"to"`
	Kind    []string  `json:"kind,omitempty" jsonschema:"only these kinds"`
	Account string    `json:"account,omitempty" jsonschema:"only entities of this account" format:"account-id"`
	MaxAge  tool.When `json:"max_age,omitempty" jsonschema:"fail if anything in the snapshot was read longer ago than this, such as 1d" xor:"to,until"`
	tool.Page
}

// Validate refuses kinds that there are not.
func (in changesListInput) Validate() error {
	for _, k := range in.Kind {
		if err := checkKind(k); err != nil {
			return err
		}
	}
	return nil
}

// changeRow is a change as tables show it.
type changeRow struct {
	snapshot.Change
	Event snapshot.AccountEvent `json:"event,omitempty" jsonschema:"what happened to an account: joined, suspended, closed, reinstated or left"`
	Kind  snapshot.Kind         `json:"-" column:"KIND"`
	Who   string                `json:"-" column:"NAME"`
	In    string                `json:"-" column:"ACCOUNT"`
	What  snapshot.ChangeType   `json:"-" column:"CHANGE"`
	How   string                `json:"-" column:"OF"`
	At    snapshot.RunID        `json:"-" column:"RUN"`
}

func (b *box) changesListTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "changes.list", Summary: "List what appeared, disappeared or changed between two syncs or points in time",
		Description: "Something that appeared and disappeared between the two is not listed.",
		Effect:      tool.Read, Idempotent: true, Default: true, NounAliases: []string{"diff"},
		Examples: []tool.Example{
			{Does: "since the sync before the last", Input: `{}`},
			{Does: "users and keys of the last week", Input: `{"since": "1w", "kind": ["iam.user", "iam.access-key"]}`},
		},
	}, b.changesList)
}

func (b *box) changesList(ctx context.Context, call *tool.Call, in changesListInput) (tool.List[changeRow], error) {
	st, err := b.OpenStore()
	if err != nil {
		return tool.List[changeRow]{}, err
	}
	f := snapshot.ChangeFilter{Kinds: kindsOf(in.Kind), Account: in.Account}
	if f.From, err = in.from(ctx, st, call); err != nil {
		return tool.List[changeRow]{}, err
	}
	if f.To, err = (kit.AsOf{Run: in.To, Date: in.Until, MaxAge: in.MaxAge}).At(ctx, st, call.Now()); err != nil {
		return tool.List[changeRow]{}, err
	}
	if f.To != 0 && f.From > f.To {
		return tool.List[changeRow]{}, fault.New(fault.Invalid, "run %d is after run %d", f.From, f.To).At("from").WithFix("swap them")
	}
	list, err := kit.ByOffset(ctx, in.Page, func(offset, limit int) ([]snapshot.Change, error) {
		f.Offset, f.Limit = offset, limit
		return st.Changes(ctx, f)
	}, changeOf)
	if err != nil {
		return list, err
	}
	return kit.WithGaps(ctx, st, call.Now(), list)
}

// from returns the run to compare with.
func (in changesListInput) from(ctx context.Context, st *store.Store, call *tool.Call) (snapshot.RunID, error) {
	switch {
	case in.From != 0:
		run, err := st.Run(ctx, snapshot.RunID(in.From))
		return run.ID, err
	case in.Since != "":
		return kit.RunAt(ctx, st, in.Since, "since", call.Now())
	}
	runs, err := st.Runs(ctx, "", 0, 2)
	if err != nil || len(runs) < 2 {
		return 0, err
	}
	return runs[1].ID, nil
}

func changeOf(c snapshot.Change) changeRow {
	row := changeRow{Change: c, Kind: c.ID.Kind, Who: nameOr(c.Name, c.ID.Key), In: c.Account, What: c.Type, How: string(c.Facet), At: c.Run}
	if row.Event = c.AccountEvent(); row.Event != "" {
		row.How = string(row.Event)
	}
	if c.To != nil {
		row.How = fmt.Sprintf("%s %s", c.Relation, nameOr(c.ToName, c.To.Key))
	}
	return row
}
