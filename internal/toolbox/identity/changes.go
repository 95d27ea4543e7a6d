package identity

import (
	"context"
	"fmt"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type changesListInput struct {
	Connection string    `json:"connection,omitempty" jsonschema:"the connection whose runs are compared; default: that of from or to, else the default one" complete:"connection"`
	From       int64     `json:"from,omitempty" jsonschema:"the run to compare with; default: the one before the last" min:"1"`
	To         int64     `json:"to,omitempty" jsonschema:"the run to compare; default: now" min:"1"`
	Since      tool.When `json:"since,omitempty" jsonschema:"the moment to compare with" xor:"from"`
	Until      tool.When `json:"until,omitempty" jsonschema:"the moment to compare" xor:"to"`
	Kind       []string  `json:"kind,omitempty" jsonschema:"only these kinds"`
	Account    string    `json:"account,omitempty" jsonschema:"only entities of this account" format:"account-id"`
	MaxAge     tool.When `json:"max_age,omitempty" jsonschema:"fail if anything in the snapshot was read longer ago than this, such as 1d" xor:"to,until"`
	Only       string    `json:"only,omitempty" jsonschema:"only changes of configuration, or only of when keys, roles and passwords were used last" enum:"config,use"`
	ExitCode   bool      `json:"exit_code,omitempty" jsonschema:"fail, with exit code 1, if there is a change, or if the last sync did not come to its end"`
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
	Class snapshot.ChangeClass  `json:"class" jsonschema:"config, or use if only the last use is another"`
	Event snapshot.AccountEvent `json:"event,omitempty" jsonschema:"what happened to an account: joined, suspended, closed, reinstated or left"`
	Kind  snapshot.Kind         `json:"-" column:"KIND"`
	Who   string                `json:"-" column:"NAME" room:"wrap"`
	In    string                `json:"-" column:"ACCOUNT"`
	What  snapshot.ChangeType   `json:"-" column:"CHANGE" room:"last"`
	How   string                `json:"-" column:"OF" room:"wrap"`
	At    snapshot.RunID        `json:"-" column:"RUN" room:"first"`
}

// changeList is a list of changes, which may count as a failure.
type changeList struct {
	tool.List[changeRow]
	fails      bool   // if there is a change
	Unfinished string `json:"unfinished,omitempty" jsonschema:"why the last sync did not come to its end, so that what it did not read is not compared"`
	Pruned     string `json:"pruned,omitempty" jsonschema:"that the snapshots are no longer kept which were to be compared with"`
}

// Verdict is Conflict if a change is to fail the call and there is one, or if there may be
// one that the last sync did not come to read.
func (l changeList) Verdict() error {
	switch err := l.List.Verdict(); {
	case err != nil || !l.fails:
		return err
	case l.Unfinished != "":
		return fault.New(fault.Conflict, "there may be changes that the last sync did not read").WithCause("%s", l.Unfinished).
			WithFix("sync again (hawser sync), or compare runs that came to their end, by their numbers (hawser sync runs)")
	case l.Pruned != "":
		return fault.New(fault.Conflict, "there is nothing to compare with").WithCause("%s", l.Pruned).WithFix("sync again (hawser sync), and compare then")
	case len(l.Items) == 0:
		return nil
	}
	return fault.New(fault.Conflict, "the snapshots differ").WithFix("the changes are listed; without exit_code they are not a failure")
}

// counted says how many changes there are, if the list has all of them.
func (l changeList) counted() string {
	if l.Cursor != "" {
		return ""
	}
	var d snapshot.Delta
	for _, row := range l.Items {
		d.Count(row.Change)
	}
	return ": " + kit.Changes(d)
}

// Cut shortens the list.
func (l changeList) Cut(limit int) (any, string) {
	short, how := l.List.Cut(limit)
	if list, ok := short.(tool.List[changeRow]); ok {
		l.List = list
	}
	return l, how
}

func (b *box) changesListTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "changes.list", Items: "changes", Summary: "List what appeared, disappeared or changed between two syncs or points in time",
		Description: "It compares the last two runs of one connection. Something that appeared and disappeared between the two is not listed. " +
			"The last use of the role or key with which Hawser reads is not a change.",
		Effect: tool.Read, Idempotent: true, Default: true, NounAliases: []string{"diff"},
		Examples: []tool.Example{
			{Does: "since the sync before the last", Input: `{}`},
			{Does: "users and keys of the last week", Input: `{"since": "1w", "kind": ["iam.user", "iam.access-key"]}`},
			{Does: "whether the configuration has changed, for a script", Input: `{"only": "config", "exit_code": true}`},
		},
	}, b.changesList)
}

func (b *box) changesList(ctx context.Context, call *tool.Call, in changesListInput) (changeList, error) {
	list := changeList{fails: in.ExitCode}
	st, err := b.OpenStore()
	if err != nil {
		return list, err
	}
	between, err := b.compared(ctx, st, call, in)
	if err != nil {
		return list, err
	}
	f := snapshot.ChangeFilter{From: between.from, To: between.to, Kinds: kindsOf(in.Kind), Account: in.Account}
	of := st.Of(between.connection)
	list.List, err = kit.SomeByOffset(ctx, in.Page, func(offset, limit int) ([]snapshot.Change, error) {
		f.Offset, f.Limit = offset, max(limit, kit.LeastRows)
		return of.Changes(ctx, f)
	}, func(c snapshot.Change) (changeRow, bool) {
		row := changeOf(c)
		return row, !c.OfOwnUse() && (in.Only == "" || string(row.Class) == in.Only)
	})
	if err != nil {
		return list, err
	}
	if between.to == 0 {
		if list.Unfinished, err = kit.Unfinished(ctx, st, between.connection, call.Now()); err != nil {
			return list, err
		}
	}
	if between.connection != "" {
		list.Notes = append(list.Notes, between.String()+list.counted())
	}
	if list.Pruned = between.why(); list.Pruned != "" {
		list.Notes = append(list.Notes, list.Pruned)
	}
	list.List, err = kit.WithGaps(ctx, of, call.Now(), list.List)
	return list, err
}

func changeOf(c snapshot.Change) changeRow {
	row := changeRow{Change: c, Kind: c.ID.Kind, Who: nameOr(c.Name, c.ID.Key), In: c.Account, What: c.Type, How: string(c.Facet), At: c.Run, Class: c.Class()}
	if row.Class == snapshot.Use {
		row.How = "last use"
	}
	if c.Type == snapshot.Renamed {
		row.How = "was " + nameOr(c.NameBefore, c.KeyBefore)
	}
	if row.Event = c.AccountEvent(); row.Event != "" {
		row.How = string(row.Event)
	}
	if c.To != nil {
		row.How = fmt.Sprintf("%s %s", c.Relation, nameOr(c.ToName, c.To.Key))
	}
	return row
}
