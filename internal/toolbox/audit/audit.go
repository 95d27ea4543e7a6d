// Package audit holds the tools that read Hawser's audit log.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// Log is the audit log as tools read it. It is audit.File in the program.
type Log interface {
	List(ctx context.Context, f audit.Filter) (audit.Page, error)
	Verify(ctx context.Context, pin string) (audit.Report, error)
}

// box makes the tools.
type box struct {
	log Log
	all func() []*tool.Tool // every tool that there is
}

// Tools lists the tools of a log. All returns every tool that can be called.
func Tools(log Log, all func() []*tool.Tool) []*tool.Tool {
	b := &box{log, all}
	return []*tool.Tool{b.listTool(), b.verifyTool()}
}

type listInput struct {
	Tool    string        `json:"tool,omitempty" jsonschema:"the tools wanted, as a pattern such as s3.*" complete:"tool"`
	Actor   string        `json:"actor,omitempty" jsonschema:"who made the call"`
	ID      string        `json:"id,omitempty" jsonschema:"one call, by its id"`
	Phase   string        `json:"phase,omitempty" jsonschema:"the records of calls that ended, of calls as they began, or all" enum:"after,before,all" default:"\"after\""`
	Outcome audit.Outcome `json:"outcome,omitempty" jsonschema:"how the call ended" enum:"ok,error,refused,canceled,partial"`
	Since   tool.When     `json:"since,omitempty" jsonschema:"no older records than this"`
	Until   tool.When     `json:"until,omitempty" jsonschema:"no newer records than this"`
	tool.Page
}

// entry is one record as tables show it.
type entry struct {
	At    time.Time     `json:"-" column:"TIME"`
	Call  string        `json:"-" column:"TOOL" room:"last"`
	Who   string        `json:"-" column:"ACTOR" room:"wrap"`
	Ended audit.Outcome `json:"-" column:"OUTCOME" room:"last"`
	Took  string        `json:"-" column:"TOOK" room:"first"`
	Shown string        `json:"-" column:"INPUT" room:"first"`
	audit.Record
}

func (b *box) listTool() *tool.Tool {
	return tool.New(tool.Info{
		Name: "audit.list", Items: "records",
		Summary:     "List what was done, newest first",
		Description: "An agent, and an HTTP caller who is not an admin, sees only its own calls, unless the agent's profile says audit: all. Each call has two records: one written before it ran, one with its outcome. A call without the second was interrupted. The recorded input has no secrets, and bodies only as size and digest.",
		Effect:      tool.Read, Idempotent: true, Default: true,
		Examples: []tool.Example{
			{Does: "the last ten records", Input: `{"limit": 10}`},
			{Does: "what was refused or failed today on S3", Input: `{"tool": "s3.*", "outcome": "refused", "since": "1d"}`},
		},
	}, b.list)
}

func (b *box) list(ctx context.Context, call *tool.Call, in listInput) (tool.List[entry], error) {
	since, err := in.Since.Time(call.Now())
	if err != nil {
		return tool.List[entry]{}, err
	}
	until, err := in.Until.Time(call.Now())
	if err != nil {
		return tool.List[entry]{}, err
	}
	phase := audit.Phase(in.Phase)
	if in.Phase == "all" {
		phase = ""
	}
	read := func(ctx context.Context, _ tool.Target, cursor string, limit int) (tool.Batch[entry], error) {
		page, err := b.log.List(ctx, audit.Filter{
			Since: since, Until: until, Tool: in.Tool, Actor: in.Actor, ID: in.ID,
			Phase: phase, Outcome: in.Outcome, Limit: limit, Cursor: cursor, Own: ownCalls(call.Caller),
		})
		if err != nil {
			return tool.Batch[entry]{}, err
		}
		batch := tool.Batch[entry]{Next: page.Cursor}
		for _, r := range page.Records {
			batch.Items = append(batch.Items, entryOf(r))
		}
		return batch, nil
	}
	list, err := tool.Gather(ctx, []tool.Target{{}}, in.Page, read)
	if err != nil || len(list.Items) > 0 || in.Tool == "" {
		return list, err
	}
	note, err := b.fitsNothing(ctx, call, in.Tool)
	if note != "" {
		list.Notes = append(list.Notes, note)
	}
	return list, err
}

// fitsNothing says that a pattern matches no tool and no record that the caller
// sees; nothing if it fits one. Records outlast tools.
func (b *box) fitsNothing(ctx context.Context, call *tool.Call, pattern string) (string, error) {
	var names []string
	for _, t := range b.all() {
		names = append(names, t.Name)
	}
	err := tool.CheckPatterns("tool", []string{pattern}, names)
	if err == nil {
		return "", nil
	}
	page, lookErr := b.log.List(ctx, audit.Filter{Tool: pattern, Limit: 1, Own: ownCalls(call.Caller)})
	if lookErr != nil || len(page.Records) > 0 {
		return "", lookErr
	}
	note := fault.From(err)
	return note.Message + ", and no record; " + note.Fix, nil
}

// ownCalls returns a filter for a caller who may see only their own calls: those
// made through the same door, under the same name and token, on behalf of the
// same person.
func ownCalls(c caller.Caller) *audit.Caller {
	if c.AuditAll || c.Role == caller.Admin && c.Door != "mcp" {
		return nil
	}
	return &audit.Caller{Door: c.Door, Actor: c.Actor, OnBehalfOf: c.For, Token: c.Token}
}

func entryOf(r audit.Record) entry {
	e := entry{Record: r, At: r.Time, Call: r.Tool, Who: r.Actor, Ended: r.Outcome, Shown: shortened(inputWords(r.Input), 60)}
	if r.Phase == audit.After {
		e.Took = fmt.Sprintf("%d ms", r.DurationMS)
		return e
	}
	e.Ended = "begins"
	return e
}

// inputWords writes an input as names and values: a line of JSON that is broken to fit a
// column could be read neither by people nor by programs.
func inputWords(input json.RawMessage) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(input, &members) != nil {
		return string(input)
	}
	words := make([]string, 0, len(members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value := string(members[name])
		var text string
		if json.Unmarshal(members[name], &text) == nil && !strings.ContainsAny(text, " \"") {
			value = text
		}
		words = append(words, name+"="+value)
	}
	return strings.Join(words, " ")
}

// shortened cuts a text to so many characters.
func shortened(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

type verifyInput struct {
	Head string `json:"head,omitempty" jsonschema:"the hash of a record that must be in the log: a head that was noted elsewhere" format:"record-hash"`
}

func (b *box) verifyTool() *tool.Tool {
	return tool.New(tool.Info{
		Name:    "audit.verify",
		Summary: "Check that no record of the audit log was changed, removed or moved",
		Description: "The log is compared with itself, the head file beside it and the configured witnesses. The answer's head is the hash " +
			"of the last record. Note it elsewhere and give it later as head: this detects a log and a head file that were both rewritten. " +
			"Calls that have begun and not ended are listed: they were interrupted, or are still running.",
		Effect: tool.Read, Idempotent: true, Args: []string{"head"}, Formats: tool.Formats{"record-hash": checkHash},
		Examples: []tool.Example{{Does: "check the whole log", Input: `{}`}},
	}, b.verify)
}

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// checkHash refuses what cannot be the hash of a record. Without the check a mistyped head
// would be reported as a log that was changed.
func checkHash(s string) error {
	if hashForm.MatchString(s) {
		return nil
	}
	return fault.New(fault.Invalid, "%q is not the hash of a record", s).
		WithFix("give the head of an earlier verification: 64 hexadecimal digits in lower case")
}

// maxBegun is how many calls that have not ended are listed.
const maxBegun = 100

func (b *box) verify(ctx context.Context, call *tool.Call, in verifyInput) (auditReport, error) {
	report, err := b.log.Verify(ctx, in.Head)
	report.Began = slices.DeleteFunc(report.Began, func(c audit.Begun) bool { return c.ID == call.ID })
	report.Unended = len(report.Began)
	if own := ownCalls(call.Caller); own != nil {
		report.Began = slices.DeleteFunc(report.Began, func(c audit.Begun) bool { return !c.Of(*own) })
	}
	report.Began = report.Began[:min(len(report.Began), maxBegun)]
	return auditReport{report}, err
}

// auditReport is the result of a verification of the log.
type auditReport struct{ audit.Report }

// Verdict makes a broken chain an error, so that a script notices, and so a
// witness that could not be asked.
func (r auditReport) Verdict() error {
	if r.Bad != nil {
		return fault.New(fault.Conflict, "the audit log failed verification").
			WithCause("%s: %s", placeOf(*r.Bad), r.Bad.Reason).
			WithFix("%scompare the log with a backup, and find out who could write to it", r.good())
	}
	for _, w := range r.Witnesses {
		if w.Problem != "" {
			return fault.New(fault.Partial, "the audit log is intact, but could not be compared with %s", w.Name).
				WithCause("%s", w.Problem).WithFix("make %s readable and verify again", w.Name)
		}
		if w.Lost != "" {
			return fault.New(fault.Partial, "the audit log is intact, but %s lost heads that it had", w.Name).
				WithCause("%s", w.Lost).
				WithFix("restore what %s held, or find out who emptied it; if you did, remove it from %s", w.Name, w.NotedIn)
		}
	}
	return nil
}

// good says which part of a bad log is intact; empty if no part is.
func (r auditReport) good() string {
	switch {
	case r.Records == 0:
		return ""
	case r.Bad.File == "" && r.Bad.Line == 0 || r.Bad.Seq < r.From:
		return fmt.Sprintf("what is there fits together (%s); ", kit.Count(int(r.Records), "record"))
	case r.Records == 1:
		return "the record before it is good; "
	}
	return fmt.Sprintf("the %d records before it are good; ", r.Records)
}

// Remarks returns notes that are not faults of the log.
func (r auditReport) Remarks() []string {
	var out []string
	if r.TimesBack > 0 {
		out = append(out, dated(r.TimesBack))
	}
	for i, k := range r.Keys[min(1, len(r.Keys)):] {
		out = append(out, fmt.Sprintf("digests from record %d on were made with another key (%s) than those from record %d to %d (%s): "+
			"the log's key was made anew, or another installation writes this log", k.First, k.ID, r.Keys[i].First, r.Keys[i].Last, r.Keys[i].ID))
	}
	if r.Unended > 0 {
		out = append(out, unended(r.Unended))
	}
	for _, w := range r.Witnesses {
		switch {
		case w.WriteOnly:
			out = append(out, w.Name+" can't be asked; compare the head with what it holds by hand")
		case w.Heads == 0 && w.Problem == "" && w.Lost == "":
			out = append(out, w.Name+" holds no head")
		}
	}
	return out
}

func dated(n int) string {
	if n == 1 {
		return "1 record is dated before an earlier one: a clock went back"
	}
	return fmt.Sprintf("%d records are dated before an earlier one: a clock went back", n)
}

func unended(n int) string {
	if n == 1 {
		return "1 call began and has not ended: it was cut short, or still runs"
	}
	return fmt.Sprintf("%d calls began and have not ended: they were cut short, or still run", n)
}

// placeOf says where a chain breaks.
func placeOf(b audit.Bad) string {
	switch {
	case b.File == "" && b.Line == 0:
		return fmt.Sprintf("record %d", b.Seq)
	case b.Line == 0:
		return fmt.Sprintf("%s, record %d", b.File, b.Seq)
	}
	return fmt.Sprintf("%s, line %d, record %d", b.File, b.Line, b.Seq)
}
