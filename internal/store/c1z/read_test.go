package c1z

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hawser/hawser/internal/fault"
)

// Bounds keep a hostile file from filling the disk or the memory.
type Bounds struct {
	File    int64 // decompressed bytes; 0 is 16 GiB
	Message int64 // bytes of one row's message; 0 is 4 MiB
}

func (b Bounds) orDefault() Bounds {
	if b.File == 0 {
		b.File = 16 << 30
	}
	if b.Message == 0 {
		b.Message = 4 << 20
	}
	return b
}

// widest bounds the memory that a file may ask its decompression for.
const widest = 128 << 20

// Reader reads the sync of a file that ended last. Rows come in the order in
// which they were written. What is wrong with a file is of kind Invalid.
type Reader struct {
	db      *sql.DB
	scratch string
	sync    Sync
	bounds  Bounds
	// expansions reports whether grants have columns for them.
	expansions bool
}

// Open opens a file. It is decompressed into a new directory in scratch, the
// system's own where that is empty, which Close removes.
func Open(ctx context.Context, path, scratch string, b Bounds) (r *Reader, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "the .c1z file %s can't be opened", path).WithCause("%v", errors.Unwrap(err))
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return Read(ctx, file, scratch, b)
}

// Read is Open of what is not a file.
func Read(ctx context.Context, src io.Reader, scratch string, b Bounds) (*Reader, error) {
	dir, err := os.MkdirTemp(scratch, ".hawser-c1z-*")
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "there is no space to unpack the .c1z file").WithCause("%v", err)
	}
	r := &Reader{scratch: dir, bounds: b.orDefault()}
	if err := r.load(ctx, src); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close removes what was unpacked.
func (r *Reader) Close() error {
	var err error
	if r.db != nil {
		err = r.db.Close()
	}
	return errors.Join(err, os.RemoveAll(r.scratch))
}

// Sync is the sync that is read.
func (r *Reader) Sync() Sync { return r.sync }

func (r *Reader) load(ctx context.Context, src io.Reader) error {
	path := filepath.Join(r.scratch, "sync.db")
	if err := decompress(src, path, r.bounds.File); err != nil {
		return err
	}
	// Nothing that stands in the file may run: no views, no triggers (nothing
	// is written), and no functions with effects.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?mode=ro&immutable=1&_pragma=trusted_schema(OFF)&_pragma=query_only(ON)&_pragma=cell_size_check(ON)&_pragma=mmap_size(0)")
	if err != nil {
		return invalid(ctx, err)
	}
	db.SetMaxOpenConns(2)
	r.db = db
	if err := r.inspect(ctx); err != nil {
		return err
	}
	return r.latest(ctx)
}

// decompress unpacks a file of no more than limit bytes.
func decompress(src io.Reader, path string, limit int64) (err error) {
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(src, head); err != nil || string(head) != magic {
		return fault.New(fault.Invalid, "this is not a .c1z file of version 1").WithFix("name a file that a connector or hawser snapshot export wrote")
	}
	z, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(widest))
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the .c1z file can't be unpacked")
	}
	defer z.Close()
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "there is no space to unpack the .c1z file").WithCause("%v", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	n, err := io.Copy(out, io.LimitReader(z, limit+1))
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return fault.From(err)
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "the .c1z file is damaged").WithCause("%v", err)
	case n > limit:
		return fault.New(fault.Invalid, "the .c1z file holds more than the %d MiB allowed", limit>>20)
	}
	return nil
}

// inspect wants the format's tables to be tables.
func (r *Reader) inspect(ctx context.Context) error {
	for _, table := range []string{"v1_resource_types", "v1_resources", "v1_entitlements", "v1_grants", "v1_sync_runs"} {
		var n int
		const real = `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ? AND rootpage > 0`
		if err := r.db.QueryRowContext(ctx, real, table).Scan(&n); err != nil {
			return invalid(ctx, err)
		}
		if n != 1 {
			return fault.New(fault.Invalid, "the .c1z file has no table %s", table)
		}
	}
	var columns int
	const newer = `SELECT count(*) FROM pragma_table_info('v1_grants') WHERE name IN ('expansion', 'needs_expansion')`
	if err := r.db.QueryRowContext(ctx, newer).Scan(&columns); err != nil {
		return invalid(ctx, err)
	}
	r.expansions = columns == 2
	return nil
}

// latest finds the sync to read. One that never ended holds a part of the
// world and is not taken.
func (r *Reader) latest(ctx context.Context) error {
	const query = `SELECT substr(sync_id, 1, 64), CAST(started_at AS text), CAST(ended_at AS text) FROM v1_sync_runs
		WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT 1`
	var started, ended string
	switch err := r.db.QueryRowContext(ctx, query).Scan(&r.sync.ID, &started, &ended); {
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.Invalid, "the .c1z file holds no sync that ended")
	case err != nil:
		return invalid(ctx, err)
	}
	var err error
	if r.sync.Started, err = moment(started); err == nil {
		r.sync.Ended, err = moment(ended)
	}
	return err
}

// moment reads the tables' times; writers leave zeros at the end out.
func moment(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", time.RFC3339Nano} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "the .c1z file's sync has no time that can be read")
}

// ResourceTypes gives the sync's resource types.
func (r *Reader) ResourceTypes(ctx context.Context) iter.Seq2[ResourceType, error] {
	return rowsOf(ctx, r, selectTypes, func(m row) (ResourceType, error) { return decodeType(m.data) })
}

// Resources gives the sync's resources.
func (r *Reader) Resources(ctx context.Context) iter.Seq2[Resource, error] {
	return rowsOf(ctx, r, selectResources, func(m row) (Resource, error) { return decodeResource(m.data) })
}

// Entitlements gives the sync's entitlements.
func (r *Reader) Entitlements(ctx context.Context) iter.Seq2[Entitlement, error] {
	return rowsOf(ctx, r, selectEntitlements, func(m row) (Entitlement, error) { return decodeEntitlement(m.data) })
}

// Grants gives the sync's grants.
func (r *Reader) Grants(ctx context.Context) iter.Seq2[Grant, error] {
	query := selectGrants
	if !r.expansions {
		query = selectOldGrants
	}
	return rowsOf(ctx, r, query, func(m row) (Grant, error) {
		g, err := decodeGrant(m.data)
		if err == nil && len(m.expansion) > 0 {
			g.Expansion, err = decodeExpansion(m.expansion)
		}
		if g.Expansion != nil {
			g.Expansion.Pending = m.pending != 0
		}
		return g, err
	})
}

// row is what of a table's row a message is made of.
type row struct {
	data, expansion []byte
	pending         int64
}

// rowsOf reads a table by one of the selects.
func rowsOf[T any](ctx context.Context, r *Reader, query string, decode func(row) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := r.db.QueryContext(ctx, query, r.sync.ID, r.bounds.Message)
		if err != nil {
			yield(none, invalid(ctx, err))
			return
		}
		defer func() { _ = rows.Close() }() // rows.Err tells what there is to tell
		for rows.Next() {
			v, err := scan(rows, decode)
			if err != nil {
				yield(none, invalid(ctx, err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, invalid(ctx, err))
		}
	}
}

// scan reads the row at hand.
func scan[T any](rows *sql.Rows, decode func(row) (T, error)) (v T, err error) {
	var id int64
	var m row
	if err := rows.Scan(&id, &m.data, &m.expansion, &m.pending); err != nil {
		return v, err
	}
	if m.data == nil {
		return v, fault.New(fault.Invalid, "row %d of the .c1z file is larger than allowed", id)
	}
	if v, err = decode(m); err != nil {
		return v, fault.Wrap(err, fault.Invalid, "row %d of the .c1z file is not a message of the format", id)
	}
	return v, nil
}

// invalid makes a fault of what SQLite said of the file.
func invalid(ctx context.Context, err error) error {
	var known *fault.Error
	switch {
	case ctx.Err() != nil:
		return fault.From(ctx.Err())
	case errors.As(err, &known):
		return known
	}
	return fault.Wrap(err, fault.Invalid, "the .c1z file's database can't be read").WithCause("%v", err)
}
