package toolbox

import (
	"context"
	"fmt"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// AuditLog is the audit log as tools read it. It is audit.File in the program.
type AuditLog interface {
	List(ctx context.Context, f audit.Filter) (audit.Page, error)
	Verify(ctx context.Context, pin string) (audit.Report, error)
}

// auditTools are the tools of the noun audit.
func (b *Box) auditTools() []*tool.Tool {
	return []*tool.Tool{b.auditListTool(), b.auditVerifyTool()}
}

type auditListInput struct {
	Tool    string        `json:"tool,omitempty" jsonschema:"the tools wanted, as a pattern such as s3.*"`
	Actor   string        `json:"actor,omitempty" jsonschema:"who made the call"`
	ID      string        `json:"id,omitempty" jsonschema:"one call, by its id"`
	Phase   string        `json:"phase,omitempty" jsonschema:"the records of calls that ended, of calls as they began, or all" enum:"after,before,all" default:"\"after\""`
	Outcome audit.Outcome `json:"outcome,omitempty" jsonschema:"how the call ended" enum:"ok,error,refused,canceled,partial"`
	Since   tool.When     `json:"since,omitempty" jsonschema:"no older records than this"`
	Until   tool.When     `json:"until,omitempty" jsonschema:"no newer records than this"`
	tool.Page
}

// auditEntry is one record as tables show it.
type auditEntry struct {
	At      time.Time     `json:"-" column:"TIME"`
	Call    string        `json:"-" column:"TOOL"`
	Who     string        `json:"-" column:"ACTOR"`
	Ended   audit.Outcome `json:"-" column:"OUTCOME"`
	Took    string        `json:"-" column:"TOOK"`
	Subject string        `json:"-" column:"INPUT"`
	audit.Record
}

func (b *Box) auditListTool() *tool.Tool {
	return tool.New(tool.Info{
		Name:        "audit.list",
		Summary:     "List what was done, newest first",
		Description: "Each call has a record from before it ran and one with its outcome; a call that only began was cut short. Secrets are not in the input, and bodies only as size and digest.",
		Effect:      tool.Read, Idempotent: true, Default: true,
		Examples: []tool.Example{
			{Does: "the last ten records", Input: `{"limit": 10}`},
			{Does: "what was refused or failed today on S3", Input: `{"tool": "s3.*", "outcome": "refused", "since": "1d"}`},
		},
	}, b.auditList)
}

func (b *Box) auditList(ctx context.Context, call *tool.Call, in auditListInput) (tool.List[auditEntry], error) {
	since, err := in.Since.Time(call.Now())
	if err != nil {
		return tool.List[auditEntry]{}, err
	}
	until, err := in.Until.Time(call.Now())
	if err != nil {
		return tool.List[auditEntry]{}, err
	}
	phase := audit.Phase(in.Phase)
	if in.Phase == "all" {
		phase = ""
	}
	read := func(ctx context.Context, _ tool.Target, cursor string, limit int) (tool.Batch[auditEntry], error) {
		page, err := b.audit.List(ctx, audit.Filter{
			Since: since, Until: until, Tool: in.Tool, Actor: in.Actor, ID: in.ID,
			Phase: phase, Outcome: in.Outcome, Limit: limit, Cursor: cursor,
		})
		if err != nil {
			return tool.Batch[auditEntry]{}, err
		}
		batch := tool.Batch[auditEntry]{Next: page.Cursor}
		for _, r := range page.Records {
			batch.Items = append(batch.Items, entryOf(r))
		}
		return batch, nil
	}
	return tool.Gather(ctx, []tool.Target{{}}, in.Page, read)
}

func entryOf(r audit.Record) auditEntry {
	e := auditEntry{Record: r, At: r.Time, Call: r.Tool, Who: r.Actor, Ended: r.Outcome, Subject: shortened(string(r.Input), 60)}
	if r.Phase == audit.After {
		e.Took = fmt.Sprintf("%d ms", r.DurationMS)
		return e
	}
	e.Ended = "begins"
	return e
}

// shortened cuts a text to so many characters.
func shortened(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

type auditVerifyInput struct {
	Head string `json:"head,omitempty" jsonschema:"the hash of a record that must be in the log: a head that was noted elsewhere"`
}

func (b *Box) auditVerifyTool() *tool.Tool {
	return tool.New(tool.Info{
		Name:        "audit.verify",
		Summary:     "Check that no record of the audit log was changed, removed or moved",
		Description: "The answer's head is the hash of the last record. Note it elsewhere and give it back later as head: that also shows a log whose whole tail was rewritten.",
		Effect:      tool.Read, Idempotent: true, Args: []string{"head"},
		Examples: []tool.Example{{Does: "check the whole log", Input: `{}`}},
	}, b.auditVerify)
}

func (b *Box) auditVerify(ctx context.Context, _ *tool.Call, in auditVerifyInput) (auditReport, error) {
	report, err := b.audit.Verify(ctx, in.Head)
	return auditReport{report}, err
}

// auditReport is what an examination of the log found.
type auditReport struct{ audit.Report }

// Verdict makes a broken chain an error, so that a script notices.
func (r auditReport) Verdict() error {
	if r.Bad == nil {
		return nil
	}
	return fault.New(fault.Conflict, "the audit log is not what was written").
		WithCause("line %d, record %d: %s", r.Bad.Line, r.Bad.Seq, r.Bad.Reason).
		WithFix("the %d records before it are good; compare the file with a backup, and find out who could write to it", r.Records)
}
