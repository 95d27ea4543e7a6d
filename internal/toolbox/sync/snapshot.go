package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/store/c1z"
	"github.com/hawser/hawser/internal/store/export"
	"github.com/hawser/hawser/internal/store/table"
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
	if header.Incomplete, err = incomplete(ctx, st, connection, run, now); err != nil {
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

// incomplete says why a connection's snapshot as of a run lacks cells: no sync had come to
// its end by then, and no import of a whole snapshot. Run 0 means now.
func incomplete(ctx context.Context, st *store.Store, connection string, run snapshot.RunID, now time.Time) (string, error) {
	whole, err := st.WholeBy(ctx, connection, run)
	if err != nil || whole {
		return "", err
	}
	states, err := st.States(ctx, connection)
	if err != nil || len(states) == 0 {
		return "", err
	}
	switch last := states[0].Last; {
	case states[0].Whole.ID != 0:
		return fmt.Sprintf("no sync of %s had come to its end by run %d", connection, run), nil
	case last.Kind == snapshot.Import && last.Reason != "":
		return last.Reason, nil // of the file that was imported
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
