package collect

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Sessions are the ways into accounts. It is awsapi.Pool in the program.
type Sessions interface {
	// Session gives the session of a target; see awsapi.Pool.
	Session(ctx context.Context, target awsapi.Target) (*awsapi.Session, error)
}

// Store stores what is read. It is store.Store in the program, and returns the
// same errors.
type Store interface {
	snapshot.Lister
	Begin(ctx context.Context, connection string, now time.Time) (snapshot.RunID, error)
	// BeginImport is Begin for an import, which Resume does not give.
	BeginImport(ctx context.Context, connection string, now time.Time) (snapshot.RunID, error)
	// Resume gives the last run of a connection where it was not ended by itself,
	// with what became of its cells; a run without a number means none.
	Resume(ctx context.Context, connection string) (snapshot.Run, []snapshot.Outcome, error)
	// Choose keeps what a run is to read, and how; Resume gives it.
	Choose(ctx context.Context, run snapshot.RunID, choice string) error
	// Contents gives what a cell holds now.
	Contents(ctx context.Context, connection string, c snapshot.Cell) (*snapshot.Batch, error)
	// Commit stores what became of a cell, and the batch where it was read.
	Commit(ctx context.Context, run snapshot.RunID, o snapshot.Outcome, b *snapshot.Batch, rules snapshot.Rules) (snapshot.Outcome, snapshot.Delta, error)
	// LastOutcomes gives the last outcome of each cell of a connection, and Gaps those
	// that are gaps.
	LastOutcomes(ctx context.Context, connection string) ([]snapshot.Outcome, error)
	Gaps(ctx context.Context, connection string) ([]snapshot.Outcome, error)
	// Filled gives the cells of a connection that hold something now.
	Filled(ctx context.Context, connection string) ([]snapshot.Cell, error)
	// CellTimes tells when what the snapshot has of each cell was so; run 0 means now.
	CellTimes(ctx context.Context, connection string, run snapshot.RunID) (map[snapshot.Cell]snapshot.CellTime, error)
	End(ctx context.Context, run snapshot.RunID, status snapshot.RunStatus, reason string, now time.Time) error
	// Counts tells how many entities a connection has now.
	Counts(ctx context.Context, connection string) ([]snapshot.Count, error)
	Links(ctx context.Context, id snapshot.ID, out bool, run snapshot.RunID) ([]snapshot.Link, error)
}

// KeyMode says where access keys are read.
type KeyMode string

// The modes.
const (
	IDKeys     KeyMode = "ids"    // the report, each new key's ID once, and users whom the report does not know
	ReportKeys KeyMode = "report" // the report alone
	FreshKeys  KeyMode = "fresh"  // every user, and each key's last use
)

// Options say what a sync reads.
type Options struct {
	// Connection is the connection's name; Organization reads all accounts of
	// its organization, Identity Center too, not the one account alone.
	Connection   string
	Organization bool
	// Within are the only accounts that are read, whether the organization's accounts
	// can be listed or not; empty means all of them.
	Within []string
	// Include and Exclude choose accounts.
	Include, Exclude Selection
	// SSORegion is Identity Center's region; empty means the connection's.
	SSORegion string
	// Choice says which of them are not the connection's settings.
	Choice Choice
	// Regions are those in which each account is read, where a service has
	// regions; empty means the connection's.
	Regions []string
	Keys    KeyMode
	// SSHKeys reads users' SSH public keys too, a call for each user.
	SSHKeys bool
	Rules   snapshot.Rules
	// Fresh starts anew where a run could be resumed.
	Fresh bool
	// ResumeWithin is how long ago an interrupted run may have begun to be resumed;
	// 0 is four hours.
	ResumeWithin time.Duration
	// CountOthers counts the organization's other accounts where it is not read.
	CountOthers bool
	// Accounts is how many accounts are read in parallel; 0 is 16.
	Accounts int
	// Patience is how long AWS may take to answer a request; 0 means a minute.
	Patience time.Duration
	// PageSize bounds the pages of IAM's answers, for tests; 0 is IAM's largest.
	PageSize int
	// Speed makes waits shorter, for tests; 0 is 1.
	Speed float64
	// Progress hears of each cell that ended, one call at a time; it may be nil.
	Progress func(Event)
	// Mapping gives identities to people by hand.
	Mapping correlate.Mapping
	// Clock is the time; nil means time.Now.
	Clock func() time.Time
}

// check refuses to choose accounts where one account alone is read.
func (o Options) check() error {
	if o.Organization || o.Include.Empty() && o.Exclude.Empty() {
		return nil
	}
	return fault.New(fault.Invalid, "accounts can only be included and excluded if the organization is read").
		WithFix("sync the organization (--organization), or omit --include and --exclude")
}

func (o Options) scaled(d time.Duration) time.Duration {
	if o.Speed <= 0 {
		return d
	}
	return time.Duration(float64(d) / o.Speed)
}

func (o Options) patiently(ctx context.Context) context.Context {
	return pace.Patience(ctx, cmp.Or(o.Patience, time.Minute))
}

func (o Options) now() time.Time {
	if o.Clock == nil {
		return time.Now()
	}
	return o.Clock()
}

// accountReaders is how many accounts are read in parallel by default.
const accountReaders = 16

// Selection chooses accounts: those named, those under the units, and those
// with the tags, written NAME=VALUE.
type Selection struct {
	Accounts, Units, Tags []string
}

// Empty reports whether it chooses nothing.
func (s Selection) Empty() bool { return len(s.Accounts)+len(s.Units)+len(s.Tags) == 0 }

// Chooses reports whether an account is one of the selection. Units are those
// above it, by ARN, id or name.
func (s Selection) Chooses(account string, units []string, tags snapshot.Tags) bool {
	if slices.Contains(s.Accounts, account) {
		return true
	}
	if slices.ContainsFunc(units, func(u string) bool { return slices.Contains(s.Units, u) }) {
		return true
	}
	for name, value := range tags {
		if slices.Contains(s.Tags, name+"="+value) {
			return true
		}
	}
	return false
}

// Result is the result of a sync.
type Result struct {
	Run     snapshot.RunID     `json:"run"`
	Status  snapshot.RunStatus `json:"status"`
	Resumed bool               `json:"resumed,omitempty"`
	// Taken is what a resumed run had read before; nil for the others.
	Taken    *Taken             `json:"taken_over,omitempty"`
	Outcomes []snapshot.Outcome `json:"cells"`
	// Calls counts the requests by IAM action.
	Calls map[string]int `json:"calls"`
	snapshot.Delta
	Took time.Duration `json:"took"`
	// Others is how many other accounts the organization has, where it was not read
	// and its management account can tell.
	Others int `json:"others,omitempty"`
	// Notes tell what was left out on purpose.
	Notes []string `json:"notes,omitempty"`
}

// Gaps returns the cells that were not read. A derived cell is among them if a cell that it
// follows from is: a gap that an earlier sync left is none of this one.
func (r *Result) Gaps() []snapshot.Outcome {
	gaps := snapshot.Gaps(r.Outcomes)
	own := map[snapshot.Facet]bool{}
	for _, g := range gaps {
		own[g.Facet] = true
	}
	return slices.DeleteFunc(gaps, func(g snapshot.Outcome) bool {
		return g.Facet.Derived() && !slices.ContainsFunc(g.Facet.Base(), func(f snapshot.Facet) bool { return own[f] })
	})
}
