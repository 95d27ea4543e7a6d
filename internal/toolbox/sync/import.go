package sync

import (
	"cmp"
	"context"
	"io"
	"os"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

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
		return d.Incomplete, []string{"the snapshot was not whole when the file was written: " + d.Incomplete}
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
