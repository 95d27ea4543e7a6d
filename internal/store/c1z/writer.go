package c1z

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/store/scratch"
)

// Writer writes one sync into one file. It is for one goroutine.
//
// ConductorOne's own readers unpack no more than 3 GiB unless
// BATON_DECODER_MAX_DECODED_SIZE_MB says more, which is about 2.5 million
// grants with IDs as long as ARNs are.
type Writer struct {
	dst io.Writer

	db                                     *scratch.DB
	types, resources, entitlements, grants *scratch.Stmt

	sync  Sync
	later []Entitlement // those whose resources may follow
	left  LeftOut
	seen  string // the start, as the tables hold it
	done  bool
}

// New begins a file on dst, which is written at Close. Until then the rows are in
// a database, up to fifty times as large, in a new directory in parent, which
// Close and Abort remove.
func New(ctx context.Context, dst io.Writer, parent string, sync Sync) (*Writer, error) {
	db, err := scratch.New(ctx, parent, tables)
	if err != nil {
		return nil, err
	}
	w := &Writer{dst: dst, db: db, sync: sync, seen: stamp(sync.Started)}
	for stmt, text := range map[**scratch.Stmt]string{
		&w.types: insertType, &w.resources: insertResource, &w.entitlements: insertEntitlement, &w.grants: insertGrant,
	} {
		if *stmt, err = db.Prepare(text); err != nil {
			return nil, errors.Join(err, db.Discard())
		}
	}
	return w, nil
}

// ResourceType adds a type; each ID once.
func (w *Writer) ResourceType(t ResourceType) error {
	if t.ID == "" {
		return fault.New(fault.Invalid, "a resource type has no ID")
	}
	return w.types.Insert(clean(t.ID), []byte(encodeType(t)), w.sync.ID, w.seen)
}

// Resource adds a resource; each type and ID once.
func (w *Writer) Resource(r Resource) error {
	if !r.whole() {
		return fault.New(fault.Invalid, "the resource %q has no type or no ID", r.Ref)
	}
	data, err := encodeResource(r)
	if err != nil {
		return err
	}
	var parentType, parentID any
	if r.Parent != (Ref{}) {
		parentType, parentID = clean(r.Parent.Type), clean(r.Parent.ID)
	}
	return w.resources.Insert(clean(r.Type), clean(r.String()), parentType, parentID, []byte(data), w.sync.ID, w.seen)
}

// Entitlement adds an entitlement; each ID once.
func (w *Writer) Entitlement(e Entitlement) error {
	e = e.named()
	if !e.Resource.whole() {
		return fault.New(fault.Invalid, "the entitlement %q has no resource", e.ID)
	}
	data, err := encodeEntitlement(e)
	if err != nil {
		return err
	}
	return w.entitlements.Insert(clean(e.Resource.Type), clean(e.Resource.ID), clean(e.ID), []byte(data), w.sync.ID, w.seen)
}

// Grant adds a grant; each ID once.
func (w *Writer) Grant(g Grant) error {
	g.Entitlement = g.Entitlement.named()
	if g.ID == "" {
		g.ID = GrantID(g.Entitlement.ID, g.Principal.Ref)
	}
	of, to := g.Entitlement.Resource.Ref, g.Principal.Ref
	if !of.whole() || !to.whole() {
		return fault.New(fault.Invalid, "the grant %q has no resource or no principal", g.ID)
	}
	data, err := encodeGrant(g)
	if err != nil {
		return err
	}
	var expansion any
	pending := false
	if g.Expansion != nil && len(g.Expansion.Entitlements) > 0 {
		expansion, pending = []byte(encodeExpansion(g.Expansion)), g.Expansion.Pending
	}
	return w.grants.Insert(clean(of.Type), clean(of.ID), clean(g.Entitlement.ID), clean(to.Type), clean(to.ID),
		clean(g.ID), expansion, pending, []byte(data), w.sync.ID, w.seen)
}

func (r Ref) whole() bool { return r.Type != "" && r.ID != "" }

// named returns e with its ID.
func (e Entitlement) named() Entitlement {
	if e.ID == "" {
		e.ID = EntitlementID(e.Resource.Ref, e.Slug)
	}
	return e
}

// Close ends the sync and writes the compressed database. The error is Invalid if
// an ID was given twice. After an error a part may have been written.
func (w *Writer) Close(ended time.Time) error {
	if w.done {
		return fault.New(fault.Internal, "the .c1z file is closed already")
	}
	w.sync.Ended = ended
	return errors.Join(w.finish(), w.Abort())
}

// Abort removes the database, unless Close has done so; it is meant for defer. Its
// error is that of the removal.
func (w *Writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	return w.db.Discard()
}

// finish makes a whole database of the rows, and of that the file's bytes.
func (w *Writer) finish() error {
	if err := w.db.Exec(insertSync, w.sync.ID, w.seen, stamp(w.sync.Ended)); err != nil {
		return err
	}
	for _, index := range indexes {
		if err := w.db.Exec(index); err != nil {
			return err
		}
	}
	return w.db.Finish(w.compress)
}

func (w *Writer) compress(db io.Reader) error {
	if _, err := io.WriteString(w.dst, magic); err != nil {
		return err
	}
	z, err := zstd.NewWriter(w.dst, zstd.WithEncoderConcurrency(2))
	if err != nil {
		return err
	}
	_, err = io.Copy(z, db)
	return errors.Join(err, z.Close())
}
