package sync

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/store/c1z"
	"github.com/hawser/hawser/internal/store/export"
	"github.com/hawser/hawser/internal/store/table"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// The formats in addition to those of tables.
const (
	snapshotFormat  = "snapshot"
	connectorFormat = "c1z"
)

type snapshotExportInput struct {
	File       string `json:"file" jsonschema:"the new file" complete:"file" file:"write"`
	Format     string `json:"format,omitempty" jsonschema:"snapshot can be imported again; c1z is for ConductorOne's tools; csv, jsonl and parquet hold one table, sqlite all of them" enum:"snapshot,c1z,csv,jsonl,parquet,sqlite" default:"\"snapshot\""`
	Table      string `json:"table,omitempty" jsonschema:"the table for csv, jsonl and parquet" enum:"entities,relations,grants,gaps" default:"\"grants\""`
	Connection string `json:"connection,omitempty" jsonschema:"the connection whose snapshot is written; default: the default one for the format snapshot, all for the others" complete:"connection"`
	kit.AsOf
}

// Subject names the file.
func (in snapshotExportInput) Subject() string { return "the file " + in.File }

type snapshotFile struct {
	File   string   `json:"file"`
	Format string   `json:"format"`
	Bytes  int64    `json:"bytes"`
	Notes  []string `json:"notes,omitempty"`
}

// Remarks returns the notes, for the registry.
func (f snapshotFile) Remarks() []string { return f.Notes }

// snapshotTools returns the tools of the noun snapshot.
func (b *box) snapshotTools() []*tool.Tool {
	return []*tool.Tool{b.snapshotExportTool(), b.snapshotImportTool()}
}

func (b *box) snapshotExportTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "snapshot.export", Summary: "Write the snapshot to a file, for another store or other programs",
		Effect: tool.Write, Role: caller.Operator, Args: []string{"file"}, Timeout: -1,
		Examples: []tool.Example{
			{Does: "everything, to be imported elsewhere", Input: `{"file": "acme.jsonl"}`},
			{Does: "all tables for an analyst", Input: `{"file": "acme.sqlite", "format": "sqlite"}`},
			{Does: "who holds what, as a spreadsheet", Input: `{"file": "grants.csv", "format": "csv", "table": "grants"}`},
		},
	}, b.snapshotExport)
}

func (b *box) snapshotExport(ctx context.Context, call *tool.Call, in snapshotExportInput) (out snapshotFile, err error) {
	out = snapshotFile{File: in.File, Format: in.Format}
	st, err := b.OpenSnapshots(ctx, kit.OfConnection{Connection: in.Connection})
	if err != nil {
		return out, err
	}
	run, err := in.At(ctx, st, "", call.Now())
	if err != nil {
		return out, err
	}
	file, err := call.Files.Create(in.File)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, file.Abort()) }()
	counted := &countingWriter{to: file}
	var left c1z.LeftOut
	switch in.Format {
	case snapshotFormat:
		err = b.writeSnapshot(ctx, st, in.Connection, run, counted, call.Now())
	case connectorFormat:
		now := call.Now().UTC()
		left, err = export.Connector(ctx, st, run, counted, "", now, now)
	default:
		err = writeTables(ctx, call, st, run, in, counted)
	}
	if err != nil {
		return out, err
	}
	if out.Notes, err = exportNotes(ctx, st, in.Format, call.Now()); err != nil {
		return out, err
	}
	out.Notes = append(out.Notes, leftOutNotes(left)...)
	out.Bytes = counted.n
	return out, file.Commit()
}

// countingWriter counts the bytes written.
type countingWriter struct {
	to io.Writer
	n  int64
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.n += int64(n)
	return n, err
}

func (b *box) writeSnapshot(ctx context.Context, st *store.Store, connection string, run snapshot.RunID, w io.Writer, now time.Time) error {
	pool, err := b.Pool()
	if err != nil {
		return err
	}
	connection = cmp.Or(connection, pool.Default())
	if err := kit.Synced(ctx, st, connection); err != nil {
		return err
	}
	runs, err := st.Runs(ctx, connection, 0, 1)
	if err != nil {
		return err
	}
	shown := runs[0]
	if run != 0 {
		if shown, err = st.Run(ctx, run); err != nil {
			return err
		}
	}
	header := snapshot.Header{Connection: connection, Run: shown.ID, Taken: shown.Started}
	if header.Incomplete, err = incomplete(ctx, st, connection, now); err != nil {
		return err
	}
	encoder, err := snapshot.NewEncoder(w, header)
	if err != nil {
		return err
	}
	if err := st.Cells(ctx, connection, run, encoder.Cell); err != nil {
		return err
	}
	return encoder.Close()
}

// incomplete says why a connection's snapshot lacks cells: no sync of it came to its end.
func incomplete(ctx context.Context, st *store.Store, connection string, now time.Time) (string, error) {
	states, err := st.States(ctx, connection)
	if err != nil || len(states) == 0 || states[0].Whole.ID != 0 {
		return "", err
	}
	return kit.StaleNote(ctx, st, states[0], now)
}

func writeTables(ctx context.Context, call *tool.Call, st *store.Store, run snapshot.RunID, in snapshotExportInput, w io.Writer) error {
	format := table.Format(in.Format)
	var chosen []table.Table
	for _, t := range export.Tables(ctx, st, run) {
		if format == table.SQLite || t.Name == in.Table {
			chosen = append(chosen, t)
		}
	}
	return table.Write(ctx, w, "", format, func(name string, rows int64) {
		call.Progress(tool.Progress{Subject: name, Done: rows, Unit: "rows"})
	}, chosen...)
}

type snapshotImportInput struct {
	File         string `json:"file,omitempty" jsonschema:"a file that snapshot.export wrote" complete:"file" file:"read"`
	Details      string `json:"authorization_details,omitempty" jsonschema:"what aws iam get-account-authorization-details printed" xor:"file" complete:"file" file:"read"`
	Account      string `json:"account,omitempty" jsonschema:"the account of the authorization_details file" format:"account-id"`
	Organization string `json:"organization,omitempty" jsonschema:"a file with what aws organizations printed; see docs/snapshot.md" xor:"file" complete:"file" file:"read"`
	Connection   string `json:"connection,omitempty" jsonschema:"the connection that the snapshot gets; default: the one named in the file, or file"`
	// Taken is for files that do not tell.
	Taken tool.When `json:"taken,omitempty" jsonschema:"when the aws CLI printed the files, such as 2026-01-31T12:00:00Z or 2d; default: when each file was last changed" xor:"file"`
	losses
}

// Subject names the files that are read and the connection that gets the snapshot.
func (in snapshotImportInput) Subject() string {
	var from []string
	for _, name := range []string{in.File, in.Details, in.Organization} {
		if name != "" {
			from = append(from, text.Quoted(name))
		}
	}
	to := "the connection that the file names"
	switch {
	case in.Connection != "":
		to = "the connection " + text.Quoted(in.Connection)
	case in.File == "":
		to = `the connection "file"`
	}
	return strings.Join(from, " and ") + " as the snapshot of " + to
}

// Validate wants something to import.
func (in snapshotImportInput) Validate() error {
	switch {
	case in.File == "" && in.Details == "" && in.Organization == "":
		return fault.New(fault.Invalid, "there is nothing to import").At("file").WithFix("give a snapshot, or authorization_details with account")
	case in.Details != "" && in.Account == "":
		return fault.New(fault.Invalid, "the account of the authorization details is missing").At("account").WithFix("give its twelve digits")
	}
	return nil
}

func (b *box) snapshotImportTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "snapshot.import", Summary: "Import a snapshot from a file, or from what the aws CLI printed",
		Description: "The data keeps the time at which it was read: cells that the store has of a later time are left out. " +
			"A file of the aws CLI removes only what its lists show to be gone: a list without an item removes nothing, since it may have been left out.",
		Effect: tool.Write, Role: caller.Operator, Args: []string{"file"}, Timeout: -1,
		Examples: []tool.Example{
			{Does: "a snapshot", Input: `{"file": "acme.jsonl"}`},
			{Does: "an account without a connection", Input: `{"authorization_details": "gaad.json", "account": "111122223333"}`},
		},
	}, b.snapshotImport)
}

func (b *box) snapshotImport(ctx context.Context, call *tool.Call, in snapshotImportInput) (syncReport, error) {
	st, err := b.OpenStore()
	if err != nil {
		return syncReport{}, err
	}
	cells, connection, closeAll, err := opened(call, in)
	defer closeAll()
	if err != nil {
		return syncReport{}, err
	}
	unlock, err := st.DB().Lock(ctx, kit.SyncLock(connection))
	if err != nil {
		return syncReport{}, err
	}
	defer unlock()
	options := collect.ImportOptions{Connection: connection, Rules: in.rules(), AcceptLoss: in.AcceptLoss, Now: call.Now}
	var notes []string
	if d, ok := cells.(*snapshot.Decoder); ok {
		options.Taken = d.Taken
		options.Incomplete, notes = lacking(d)
	}
	result, err := collect.Import(ctx, st, cells, options)
	if err != nil {
		return syncReport{}, err
	}
	result.Notes = append(result.Notes, notes...)
	return reportOf(ctx, st, connection, result, call.Now())
}

// lacking says why a snapshot's file is not all of the snapshot, empty if it is, and the
// notes about what may be missing in it.
func lacking(d *snapshot.Decoder) (incomplete string, notes []string) {
	switch {
	case d.Incomplete != "":
		incomplete = "the snapshot was not whole when the file was written: " + d.Incomplete
		return incomplete, []string{incomplete}
	case d.Version == 1:
		return "", []string{"the file is of version 1, which does not show whether cells are missing at its end"}
	}
	return "", nil
}

// opened opens the files of an import; closeAll closes them. A snapshot is read to its
// end first, so that one that is not whole changes nothing.
func opened(call *tool.Call, in snapshotImportInput) (cells collect.Cells, connection string, closeAll func(), err error) {
	var files []*os.File
	closeAll = func() {
		for _, f := range files {
			_ = f.Close() // it was only read
		}
	}
	open := func(name string) (*os.File, error) {
		f, err := call.Files.Open(name)
		if err == nil {
			files = append(files, f)
		}
		return f, err
	}
	if in.File != "" {
		file, err := open(in.File)
		if err != nil {
			return nil, "", closeAll, err
		}
		decoder, err := wholeSnapshot(file)
		if err != nil {
			bad := *fault.From(err)
			bad.Field, bad.File = "file", in.File // with its line
			return nil, "", closeAll, &bad
		}
		return decoder, cmp.Or(in.Connection, decoder.Connection, "file"), closeAll, nil
	}
	var printed [2]*collect.Printed
	for i, name := range []string{in.Details, in.Organization} {
		if name == "" {
			continue
		}
		file, err := open(name)
		if err != nil {
			return nil, "", closeAll, err
		}
		if printed[i], err = in.printed(file, call.Now()); err != nil {
			return nil, "", closeAll, err
		}
	}
	cells, err = sources.FromFiles(printed[0], in.Account, printed[1])
	return cells, cmp.Or(in.Connection, "file"), closeAll, err
}

// wholeSnapshot returns a decoder of a file that was read to its end once.
func wholeSnapshot(file *os.File) (*snapshot.Decoder, error) {
	if err := snapshot.Check(file); err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the file can't be read twice").WithCause("%v", err)
	}
	return snapshot.NewDecoder(file)
}

// printed returns a file of the aws CLI with its time. A file that was written ahead of
// this machine's clock counts as written now.
func (in snapshotImportInput) printed(file *os.File, now time.Time) (*collect.Printed, error) {
	if in.Taken != "" {
		taken, err := in.Taken.Time(now)
		if err == nil && taken.After(now) {
			err = fault.New(fault.Invalid, "the time %s is to come", taken.Format(time.RFC3339))
		}
		if err != nil {
			return nil, fault.From(err).At("taken")
		}
		return &collect.Printed{Reader: file, AsOf: taken}, nil
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	changed := info.ModTime().UTC()
	if changed.After(now) {
		changed = now
	}
	return &collect.Printed{Reader: file, AsOf: changed}, nil
}
