package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type whoInput struct {
	Name string `json:"name" jsonschema:"a person's whole name, email or user name, or an ARN"`
	kit.OfConnection
	kit.AsOf
}

// holding is a line of the tree of what somebody holds. Its parent is the last
// line before it with a smaller depth.
type holding struct {
	Depth   int           `json:"depth" jsonschema:"0 for identities; an entity that another one grants is one level deeper"`
	What    string        `json:"what" jsonschema:"identity, member of, has, assigned, permission set, as, may assume, bounded by, or owns"`
	Kind    snapshot.Kind `json:"kind"`
	Key     string        `json:"key"`
	Name    string        `json:"name,omitempty"`
	Account string        `json:"account,omitempty"`
	State   string        `json:"state,omitempty"`
}

// personHoldings is what one person holds everywhere.
type personHoldings struct {
	Name     string    `json:"name"`
	Holdings []holding `json:"holdings"`
	Notes    []string  `json:"notes,omitempty"`
}

func (b *box) whoTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "who.show", Items: "holdings", Summary: "Show everything that one person holds, in all accounts and Identity Center, as a tree",
		Effect: tool.Read, Idempotent: true, Default: true, Args: []string{"name"},
		Examples: []tool.Example{{Does: "a person", Input: `{"name": "ada@example.com"}`}},
	}, b.who)
}

func (b *box) who(ctx context.Context, call *tool.Call, in whoInput) (personHoldings, error) {
	st, err := b.OpenSnapshots(ctx, in.OfConnection)
	if err != nil {
		return personHoldings{}, err
	}
	run, err := in.At(ctx, st, "", call.Now())
	if err != nil {
		return personHoldings{}, err
	}
	s := &search{ctx: ctx, store: st, run: run}
	if s.inactive, err = inactive(ctx, st, "", run); err != nil {
		return personHoldings{}, err
	}
	found, err := s.persons(in.Name)
	if err != nil {
		return personHoldings{}, maybeUnread(ctx, st, err, call.Now())
	}
	for _, e := range found {
		if err := s.hold("identity", e, nil); err != nil {
			return personHoldings{}, err
		}
	}
	out := personHoldings{Name: in.Name, Holdings: s.tree, Notes: s.notes}
	notes, err := kit.SnapshotNotes(ctx, st, "", call.Now())
	out.Notes = append(out.Notes, notes...)
	return out, err
}

// search reads the snapshot of a run.
type search struct {
	ctx   context.Context
	store *store.Store
	run   snapshot.RunID
	// inactive are the accounts that are not in use.
	inactive inactiveAccounts
	tree     []holding
	notes    []string
}

// identitiesOf returns the identities of a person, who may be one in several
// organizations.
func (s *search) identitiesOf(person []snapshot.Seen) ([]snapshot.Seen, error) {
	var out []snapshot.Seen
	var places []string
	for _, p := range person {
		if _, where := p.PersonName(); where != "" {
			places = append(places, where)
		}
		links, err := s.store.Links(s.ctx, p.ID, true, s.run)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			e, err := s.store.Entity(s.ctx, l.To, s.run)
			if errors.Is(err, fault.NotFound) {
				continue // a sync that did not come to its end found it gone
			}
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
	}
	if len(person) > 1 {
		s.notes = append(s.notes, "people of several organizations have this name: "+strings.Join(places, ", ")+"; --connection shows those of one")
	}
	return out, nil
}

// hold adds an entity and, recursively, everything that it gives. Path prevents
// endless recursion.
func (s *search) hold(what string, e snapshot.Seen, path []snapshot.ID) error {
	s.tree = append(s.tree, holding{
		Depth: len(path), What: what, Kind: e.Kind, Key: e.Key, Name: e.Name, Account: e.Account, State: s.inactive.inWords(e.Account, stateOf(e)),
	})
	if slices.Contains(path, e.ID) || len(path) > deepest {
		return nil
	}
	links, err := s.store.Links(s.ctx, e.ID, true, s.run)
	if err != nil {
		return err
	}
	path = append(path[:len(path):len(path)], e.ID)
	for _, r := range snapshot.Relations() {
		for _, l := range links {
			if r.Holding == "" || l.Relation != r.Relation {
				continue
			}
			if err := s.below(r.Holding, l, path); err != nil {
				return err
			}
		}
	}
	return nil
}

// deepest bounds how far a chain of roles is followed.
const deepest = 6

func (s *search) below(what string, l snapshot.Link, path []snapshot.ID) error {
	e, err := s.store.Entity(s.ctx, l.To, s.run)
	if errors.Is(err, fault.NotFound) {
		// It is known by reference but was not read, so what it gives is unknown.
		s.tree = append(s.tree, holding{Depth: len(path), What: what, Kind: l.To.Kind, Key: l.To.Key, Name: l.ToName, State: "not read"})
		return nil
	}
	if err != nil {
		return err
	}
	return s.hold(what, e, path)
}

// stateOf returns the state of an entity in a few words.
func stateOf(e snapshot.Seen) string {
	switch e.Kind {
	case snapshot.AccessKey:
		key, err := snapshot.Decode[snapshot.KeyBody](e.Entity)
		if err != nil {
			return ""
		}
		state := "active"
		if !key.Active {
			state = "inactive"
		}
		if key.Used == nil {
			return state + ", never used"
		}
		return state + ", used " + key.Used.At.UTC().Format(time.DateOnly)
	case snapshot.SSOUser:
		user, err := snapshot.Decode[snapshot.SSOUserBody](e.Entity)
		if err == nil && user.Status != "" {
			return strings.ToLower(user.Status)
		}
	}
	return ""
}

// Rows returns the tree line by line, for a table.
func (w personHoldings) Rows() any {
	rows := make([]treeRow, len(w.Holdings))
	more := map[int]bool{} // whether a line of the depth follows under the same one
	for i := len(w.Holdings) - 1; i >= 0; i-- {
		h := w.Holdings[i]
		rows[i] = treeRow{Holds: branches(h.Depth, more) + h.label() + "  (" + string(h.Kind) + ")", Account: h.Account, State: h.State}
		for depth := range more {
			if depth > h.Depth {
				delete(more, depth)
			}
		}
		more[h.Depth] = true
	}
	return rows
}

// branches draws the branches before a line.
func branches(depth int, more map[int]bool) string {
	var b strings.Builder
	for d := 1; d <= depth; d++ {
		switch {
		case d < depth && more[d]:
			b.WriteString("│  ")
		case d < depth:
			b.WriteString("   ")
		case more[d]:
			b.WriteString("├─ ")
		default:
			b.WriteString("└─ ")
		}
	}
	return b.String()
}

// label names a line.
func (h holding) label() string {
	name := nameOr(h.Name, h.Key)
	if h.Depth == 0 {
		return name
	}
	return h.What + " " + name
}

// treeRow is a line of the tree.
type treeRow struct {
	Holds   string `column:"HOLDS"`
	Account string `column:"ACCOUNT"`
	State   string `column:"STATE"`
}

// Remarks returns the notes, for the registry.
func (w personHoldings) Remarks() []string { return w.Notes }
