package c1z

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"
	"modernc.org/sqlite" // registers the driver "sqlite" as well

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// Writer writes one sync into one file. It is for one goroutine.
type Writer struct {
	ctx     context.Context //nolint:containedctx // a Writer is one operation in many calls
	dst     io.Writer
	file    *tool.NewFile // where the Writer made the file
	files   *tool.Files
	scratch string // a directory of the Writer's own

	db    *sql.DB
	conn  *sql.Conn
	stmts [4]*sql.Stmt // by sort

	sync Sync
	seen string // the start as the tables hold it
	rows int
	done bool
}

// The sorts of rows that come in numbers.
const (
	sortType = iota
	sortResource
	sortEntitlement
	sortGrant
)

// Create begins a file that appears under its path when Close has returned
// without an error, whole. A path that exists is a Conflict. The context holds
// for all that is done with the Writer.
func Create(ctx context.Context, path string, sync Sync) (*Writer, error) {
	files, err := tool.OpenFiles(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	file, err := files.Create(filepath.Base(path))
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	w, err := New(ctx, file, files.Dir(), sync)
	if err != nil {
		return nil, errors.Join(err, file.Abort(), files.Close())
	}
	w.file, w.files = file, files
	return w, nil
}

// New begins a file on dst, which gets its bytes at Close. Until then they
// stand in a database of up to ten times their size, in a new directory in
// scratch, which Close or Abort removes.
func New(ctx context.Context, dst io.Writer, scratch string, sync Sync) (*Writer, error) {
	dir, err := os.MkdirTemp(scratch, ".hawser-c1z-*")
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "there is no room to prepare the .c1z file").WithCause("%v", err)
	}
	w := &Writer{ctx: ctx, dst: dst, scratch: dir, sync: sync, seen: stamp(sync.Started)}
	if err := w.open(); err != nil {
		return nil, errors.Join(w.failed(err), w.Abort())
	}
	return w, nil
}

func (w *Writer) path() string { return filepath.Join(w.scratch, "sync.db") }

// open makes the tables. The database is thrown away if anything goes wrong,
// so it needs neither a journal nor the disk's confirmation.
func (w *Writer) open() error {
	var err error
	if w.db, err = sql.Open("sqlite", w.path()); err != nil {
		return err
	}
	background := context.WithoutCancel(w.ctx) // a cancellable one costs each row a goroutine; Writer.ready looks at w.ctx
	if w.conn, err = w.db.Conn(background); err != nil {
		return err
	}
	const begin = `PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
		PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-32768; PRAGMA temp_store=FILE;` + tables + `BEGIN;`
	if _, err := w.conn.ExecContext(background, begin); err != nil {
		return err
	}
	for i, text := range []string{insertType, insertResource, insertEntitlement, insertGrant} {
		if w.stmts[i], err = w.conn.PrepareContext(background, text); err != nil {
			return err
		}
	}
	return nil
}

// ResourceType adds a type; each ID once.
func (w *Writer) ResourceType(t ResourceType) error {
	if t.ID == "" {
		return fault.New(fault.Invalid, "a resource type has no ID")
	}
	return w.insert(sortType, t.ID, []byte(encodeType(t)), w.sync.ID, w.seen)
}

// Resource adds a resource; each type and ID once.
func (w *Writer) Resource(r Resource) error {
	if r.Type == "" || r.ID == "" {
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
	return w.insert(sortResource, clean(r.Type), clean(r.String()), parentType, parentID, []byte(data), w.sync.ID, w.seen)
}

// Entitlement adds an entitlement; each ID once.
func (w *Writer) Entitlement(e Entitlement) error {
	e = e.named()
	if e.Resource.Type == "" || e.Resource.ID == "" {
		return fault.New(fault.Invalid, "the entitlement %q has no resource", e.ID)
	}
	data, err := encodeEntitlement(e)
	if err != nil {
		return err
	}
	return w.insert(sortEntitlement, clean(e.Resource.Type), clean(e.Resource.ID), clean(e.ID), []byte(data), w.sync.ID, w.seen)
}

// Grant adds a grant; each ID once.
func (w *Writer) Grant(g Grant) error {
	g.Entitlement = g.Entitlement.named()
	if g.ID == "" {
		g.ID = GrantID(g.Entitlement.ID, g.Principal.Ref)
	}
	resource, principal := g.Entitlement.Resource.Ref, g.Principal.Ref
	if resource.Type == "" || resource.ID == "" || principal.Type == "" || principal.ID == "" {
		return fault.New(fault.Invalid, "the grant %q has no resource or no principal", g.ID)
	}
	data, err := encodeGrant(g)
	if err != nil {
		return err
	}
	var expansion any
	pending := 0
	if g.Expansion != nil && len(g.Expansion.Entitlements) > 0 {
		expansion = []byte(encodeExpansion(g.Expansion))
		if g.Expansion.Pending {
			pending = 1
		}
	}
	return w.insert(sortGrant, clean(resource.Type), clean(resource.ID), clean(g.Entitlement.ID), clean(principal.Type),
		clean(principal.ID), clean(g.ID), expansion, pending, []byte(data), w.sync.ID, w.seen)
}

// named gives e with its ID.
func (e Entitlement) named() Entitlement {
	if e.ID == "" {
		e.ID = EntitlementID(e.Resource.Ref, e.Slug)
	}
	return e
}

func (w *Writer) insert(sort int, args ...any) error {
	if w.done {
		return fault.New(fault.Internal, "the .c1z file is closed already")
	}
	if w.rows++; w.rows%1024 == 0 && w.ctx.Err() != nil {
		return fault.From(w.ctx.Err())
	}
	if _, err := w.stmts[sort].Exec(args...); err != nil {
		return w.failed(err)
	}
	return nil
}

// Close ends the sync, compresses the database into the file, and gives that
// its name. The error is Invalid where an ID was given twice. After an error
// there is no file.
func (w *Writer) Close(ended time.Time) error {
	if w.done {
		return fault.New(fault.Internal, "the .c1z file is closed already")
	}
	w.sync.Ended = ended
	err := w.finish()
	if err == nil && w.file != nil {
		err = w.file.Commit()
	}
	if err != nil {
		err = w.failed(err)
	}
	return errors.Join(err, w.Abort())
}

// Abort throws away what was written, unless Close has given it its name; it
// is meant for defer. Its error is that of the removal.
func (w *Writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	errs := []error{w.closeDatabase()}
	if w.file != nil {
		errs = append(errs, w.file.Abort(), w.files.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(w.scratch))...)
}

// finish makes a whole database of the rows, and of that the file's bytes.
func (w *Writer) finish() error {
	if _, err := w.conn.ExecContext(w.ctx, insertSync, w.sync.ID, w.seen, stamp(w.sync.Ended)); err != nil {
		return err
	}
	for _, index := range indexes {
		if _, err := w.conn.ExecContext(w.ctx, index); err != nil {
			return err
		}
	}
	if _, err := w.conn.ExecContext(w.ctx, "COMMIT"); err != nil {
		return err
	}
	if err := w.closeDatabase(); err != nil {
		return err
	}
	return w.compress()
}

func (w *Writer) closeDatabase() error {
	var errs []error
	for _, stmt := range w.stmts {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	if w.conn != nil {
		errs = append(errs, w.conn.Close())
	}
	if w.db != nil {
		errs = append(errs, w.db.Close())
	}
	w.stmts, w.conn, w.db = [4]*sql.Stmt{}, nil, nil
	return errors.Join(errs...)
}

func (w *Writer) compress() (err error) {
	db, err := os.Open(w.path())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := io.WriteString(w.dst, magic); err != nil {
		return err
	}
	z, err := zstd.NewWriter(w.dst, zstd.WithEncoderConcurrency(2))
	if err != nil {
		return err
	}
	_, err = io.Copy(z, reading{w.ctx, db})
	return errors.Join(err, z.Close())
}

// reading is a reader that ends with its context.
type reading struct {
	ctx context.Context //nolint:containedctx // it is the reader's whole point
	r   io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// failed makes a fault of what the database or the file system said.
func (w *Writer) failed(err error) error {
	var known *fault.Error
	var refused *sqlite.Error
	switch {
	case errors.As(err, &known):
		return known
	case w.ctx.Err() != nil:
		return fault.From(w.ctx.Err())
	case errors.As(err, &refused) && refused.Code() == constraintUnique:
		return fault.Wrap(err, fault.Invalid, "an ID was given twice").WithCause("%v", refused)
	case errors.Is(err, driver.ErrBadConn):
		return fault.Wrap(err, fault.Internal, "the scratch database of the .c1z file was lost")
	}
	return fault.Wrap(err, fault.Internal, "the .c1z file can't be written").WithCause("%v", err).
		WithFix("make room on the disk, which takes about ten times the file's size for a while")
}

// constraintUnique is SQLite's code SQLITE_CONSTRAINT_UNIQUE.
const constraintUnique = 2067
