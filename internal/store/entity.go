package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// present is the condition that a row is in the snapshot of a run. Both of its
// arguments are the run.
func present(table string) string { return table + ".first_run <= ? AND " + table + ".gone_run > ?" }

// shown returns the condition that a row is in the snapshot of a run, as present
// has it, and was read by the store's connection. The plus sign keeps SQLite from
// beginning with the cells, which would cost it the order that pages need.
func (s *Store) shown(table string, run snapshot.RunID) selection {
	all := selection{present(table), []any{at(run), at(run)}}
	if s.connection == "" {
		return all
	}
	return selection{all.query + " AND +" + table + ".cell IN (SELECT id FROM cell WHERE connection = ?)", append(all.args, s.connection)}
}

// latest is shown for edges. Of an edge that several connections read it chooses the one
// that changed last. With one connection there are none such, and nothing is looked up.
func (s *Store) latest(table string, run snapshot.RunID) selection {
	shown := s.shown(table, run)
	if s.connection != "" {
		return shown
	}
	other := s.shown("other", run)
	return selection{
		shown.query + ` AND ((SELECT MIN(connection) FROM run) = (SELECT MAX(connection) FROM run) OR NOT EXISTS (
			SELECT 1 FROM edge other WHERE other.source = ` + table + `.source AND other.relation = ` + table + `.relation
			AND other.target = ` + table + `.target AND other.id > ` + table + `.id AND ` + other.query + `))`,
		slices.Concat(shown.args, other.args),
	}
}

// at returns the run whose snapshot is asked for, as an argument of present.
func at(run snapshot.RunID) int64 {
	if run == 0 {
		return never - 1
	}
	return int64(run)
}

// Entities lists entities by kind and key, a page of them.
func (s *Store) Entities(ctx context.Context, f snapshot.Filter) ([]snapshot.Seen, error) {
	if f.Connection != "" {
		s = s.Of(f.Connection)
	}
	shown := s.shown("p", f.At)
	where, args := []string{"p.main", shown.query}, shown.args
	if len(f.Kinds) > 0 {
		raw, err := json.Marshal(f.Kinds)
		if err != nil {
			return nil, err
		}
		where, args = append(where, "n.kind IN (SELECT value FROM "+s.db.Dialect().List()+" k)"), append(args, string(raw))
	}
	if f.Account != "" {
		where, args = append(where, "p.account = ?"), append(args, f.Account)
	}
	if f.Name != "" {
		pattern := likePattern(f.Name)
		where = append(where, "(p.name "+s.db.Dialect().Like()+" ? ESCAPE '\\' OR n.key "+s.db.Dialect().Like()+" ? ESCAPE '\\')")
		args = append(args, pattern, pattern)
	}
	if f.After != (snapshot.ID{}) {
		where, args = append(where, "(n.kind, n.key) > (?, ?)"), append(args, string(f.After.Kind), f.After.Key)
	}
	ids, err := s.ids(ctx, `SELECT DISTINCT n.id, n.kind, n.key FROM part p JOIN node n ON n.id = p.node WHERE `+
		strings.Join(where, " AND ")+" ORDER BY n.kind, n.key LIMIT ?", append(args, f.Limit)...)
	if err != nil {
		return nil, err
	}
	return s.whole(ctx, ids, f.At)
}

// Counts tells how many entities of each kind the accounts of a connection have
// now; of all connections if connection is empty. Accounts that left do not count.
func (s *Store) Counts(ctx context.Context, connection string) ([]snapshot.Count, error) {
	var out []snapshot.Count
	shown := s.Of(connection).shown("p", 0)
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var c snapshot.Count
		err := scan(&c.Kind, &c.Account, &c.N)
		out = append(out, c)
		return err
	}, `SELECT n.kind, p.account, COUNT(DISTINCT p.node) FROM part p JOIN node n ON n.id = p.node
		WHERE p.main AND p.cell NOT IN (`+departed+`) AND `+shown.query+` GROUP BY n.kind, p.account ORDER BY n.kind, p.account`, shown.args...)
	return out, err
}

// numbered is an entity and its number in the store.
type numbered struct {
	node int64
	snapshot.ID
}

func (s *Store) ids(ctx context.Context, query string, args ...any) ([]numbered, error) {
	var out []numbered
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var n numbered
		err := scan(&n.node, &n.Kind, &n.Key)
		out = append(out, n)
		return err
	}, query, args...)
	return out, err
}

// likePattern converts a glob to LIKE. A glob without wildcards matches anywhere.
func likePattern(glob string) string {
	escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(glob)
	if !strings.ContainsAny(glob, "*?") {
		return "%" + escaped + "%"
	}
	return strings.NewReplacer("*", "%", "?", "_").Replace(escaped)
}

// Entity returns one entity, as of a run or, for 0, now. The error is NotFound
// where it is not in the snapshot.
func (s *Store) Entity(ctx context.Context, id snapshot.ID, run snapshot.RunID) (snapshot.Seen, error) {
	ids, err := s.ids(ctx, "SELECT id, kind, key FROM node WHERE kind = ? AND key = ?", string(id.Kind), id.Key)
	if err != nil {
		return snapshot.Seen{}, err
	}
	found, err := s.whole(ctx, ids, run)
	if err != nil {
		return snapshot.Seen{}, err
	}
	if len(found) == 0 {
		return snapshot.Seen{}, fault.New(fault.NotFound, "%s is not in the snapshot", id).
			WithFix("hawser identity list names what is; hawser sync gaps lists what could not be read")
	}
	return found[0], nil
}

// whole reads all parts of entities and merges them, in the order given; those
// that are not in the snapshot are left out. Of what several cells say of an entity,
// such as those of two connections, the change that came last counts. That an account left
// the organization of one counts only if no other has it.
func (s *Store) whole(ctx context.Context, ids []numbered, run snapshot.RunID) ([]snapshot.Seen, error) {
	parts, left := map[int64][]snapshot.Part{}, map[int64]bool{}
	lives := map[int64]snapshot.Life{}
	for start := 0; start < len(ids); start += db.Chunk {
		page := ids[start:min(start+db.Chunk, len(ids))]
		shown := s.shown("p", run)
		args := shown.args
		kinds := map[int64]snapshot.ID{}
		for _, id := range page {
			args = append(args, id.node)
			kinds[id.node] = id.ID
		}
		err := s.db.Each(ctx, func(scan db.Scan) error {
			var node, first, gone, last int64
			var p snapshot.Part
			var body string
			var of bool
			if err := scan(&node, &p.Main, &p.Account, &p.Name, &body, &first, &gone, &last, &of); err != nil {
				return err
			}
			if left[node] && p.Main && !of {
				parts[node] = nil // it is an account of another organization
			}
			left[node] = of
			p.ID = kinds[node]
			p.Body = json.RawMessage(body)
			parts[node] = append(parts[node], p)
			if life, ok := lives[node]; p.Main && (!ok || first < int64(life.First)) {
				lives[node] = lifeOf(first, gone, last)
			}
			return nil
		}, `SELECT p.node, p.main, p.account, p.name, COALESCE(b.data, ''), p.first_run, p.gone_run,
				COALESCE((SELECT MAX(o.run) FROM outcome o WHERE o.cell = p.cell AND o.status = 'ok' AND o.run < p.gone_run), p.first_run),
				p.cell IN (`+departed+`) AS departed
			FROM part p LEFT JOIN body b ON b.id = p.body
			WHERE `+shown.query+` AND p.node IN (`+db.Marks(len(page))+`) ORDER BY p.node, p.main DESC, departed DESC, p.first_run, p.cell`, args...)
		if err != nil {
			return nil, err
		}
	}
	out := make([]snapshot.Seen, 0, len(ids))
	for _, id := range ids {
		life, there := lives[id.node]
		if !there {
			continue
		}
		e, err := snapshot.Merge(parts[id.node])
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "%s is damaged in the store", id.ID)
		}
		out = append(out, snapshot.Seen{Entity: e, Life: life})
	}
	return out, nil
}

func lifeOf(first, gone, last int64) snapshot.Life {
	life := snapshot.Life{First: snapshot.RunID(first), Last: snapshot.RunID(last)}
	if gone != never {
		life.Gone = snapshot.RunID(gone)
	}
	return life
}

// Links returns the edges of an entity: those from it where out is set, else
// those to it. Of an edge that several cells have, such as those of two connections,
// it returns the one that changed last.
func (s *Store) Links(ctx context.Context, id snapshot.ID, out bool, run snapshot.RunID) ([]snapshot.Link, error) {
	near, far := "target", "source"
	if out {
		near, far = "source", "target"
	}
	var links []snapshot.Link
	named, shown := s.shown("p", run), s.shown("e", run)
	args := slices.Concat(named.args, []any{string(id.Kind), id.Key}, shown.args)
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var l snapshot.Link
		var relation int
		var body, name string
		var first, gone int64
		other := &l.From
		l.To, l.From = id, id
		if out {
			other = &l.To
		}
		if err := scan(&relation, &other.Kind, &other.Key, &name, &body, &first, &gone); err != nil {
			return err
		}
		l.Relation, l.Body, l.Life = relationOf(relation), json.RawMessage(body), lifeOf(first, gone, 0)
		if out {
			l.ToName = name
		} else {
			l.FromName = name
		}
		if n := len(links); n > 0 && links[n-1].From == l.From && links[n-1].To == l.To && links[n-1].Relation == l.Relation {
			return nil
		}
		links = append(links, l)
		return nil
	}, `SELECT e.relation, o.kind, o.key, COALESCE((SELECT MAX(p.name) FROM part p WHERE p.node = o.id AND p.main AND `+named.query+`), ''),
			COALESCE(b.data, ''), e.first_run, e.gone_run
		FROM edge e JOIN node n ON n.id = e.`+near+` JOIN node o ON o.id = e.`+far+` LEFT JOIN body b ON b.id = e.body
		WHERE n.kind = ? AND n.key = ? AND `+shown.query+` ORDER BY e.relation, o.kind, o.key, e.first_run DESC, e.id DESC`, args...)
	return links, err
}
