package collect_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Each API that can't be read is a gap of its own cells; the snapshot of before
// stays, and nothing is invented.
func TestEachUnreadableAPIIsAGap(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	for _, effect := range []awssim.Effect{awssim.DenyAccess, awssim.Fail500} {
		for i, action := range sources.New().Actions() {
			if effect == awssim.Fail500 && i%min(4, stride()) != 0 {
				continue // a failure is handled as a denial is, and takes longer
			}
			service, operation, _ := strings.Cut(action, ":")
			c.ClearFaults()
			if err := c.AddFault(awssim.Fault{Service: service, Action: operation, Effect: effect}); err != nil {
				t.Fatal(err)
			}
			result, err := sources.New().Run(t.Context(), c.pool(), c.store, options())
			if err != nil {
				if !errors.Is(err, fault.Denied) && !errors.Is(err, fault.Unavailable) && !errors.Is(err, fault.Invalid) {
					t.Errorf("%s %s: %v", effect, action, err)
				}
			} else if len(result.Gaps()) == 0 && result.Calls[action] > 0 && !harmless[action] {
				t.Errorf("%s %s left no gap in %d calls", effect, action, result.Calls[action])
			}
			if diff := cmp.Diff(before, c.snapshot()); diff != "" {
				t.Fatalf("%s %s changed the snapshot:\n%s", effect, action, diff)
			}
		}
	}
}

// One account that can't be reached spoils none of the others.
func TestOneAccountDenied(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	must(c.World.Account(member2).AddRole("Hawser", trustService)) // it no longer trusts us
	result := c.sync()
	for _, g := range result.Gaps() {
		if g.Account != member2 || g.Status != snapshot.Denied || g.Reason == "" {
			t.Errorf("%+v", g)
		}
	}
	if len(result.Gaps()) == 0 {
		t.Error("no gap")
	}
	if diff := cmp.Diff(before, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}

// Storms of faults are ridden out, or leave gaps; what was read is right.
func TestStorms(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	for _, effect := range []awssim.Effect{awssim.Throttle, awssim.Fail500, awssim.Fail503, awssim.Reset, awssim.TruncateBody, awssim.ExpireToken} {
		t.Run(string(effect), func(t *testing.T) {
			c.ClearFaults()
			for _, service := range []string{"iam", "sso", "identitystore"} {
				if err := c.AddFault(awssim.Fault{Service: service, Probability: 0.3, Effect: effect}); err != nil {
					t.Fatal(err)
				}
			}
			result := c.sync()
			if diff := cmp.Diff(before, c.snapshot()); diff != "" {
				t.Errorf("%d gaps, and the snapshot is another:\n%s", len(result.Gaps()), diff)
			}
		})
	}
}

// A request that is never answered is given up, and tried again; where none is
// answered that is a gap. It runs by itself, as it is impatient.
func TestHangs(t *testing.T) {
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	impatient := func(o *collect.Options) { o.Patience = time.Second }
	if err := c.AddFault(awssim.Fault{Service: "iam", Action: "GetAccountAuthorizationDetails", Effect: awssim.Hang, Times: 2}); err != nil {
		t.Fatal(err)
	}
	if gaps := c.sync(impatient).Gaps(); len(gaps) > 0 {
		t.Errorf("two that hang are tried again: %+v", gaps)
	}
	if err := c.AddFault(awssim.Fault{Service: "iam", Action: "GetAccountAuthorizationDetails", Account: member1, Effect: awssim.Hang}); err != nil {
		t.Fatal(err)
	}
	gaps := c.sync(impatient).Gaps()
	if len(gaps) == 0 || gaps[0].Account != member1 || gaps[0].Status != snapshot.Failed || !strings.Contains(gaps[0].Reason, "did not answer in time") {
		t.Errorf("%+v", gaps)
	}
	if diff := cmp.Diff(before, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}

func TestAReportThatIsNeverReady(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	c.World.Account(member1).StallReports(true)
	result := c.sync()
	gaps := result.Gaps()
	if len(gaps) == 0 || gaps[0].Account != member1 || !strings.Contains(gaps[0].Reason, "not ready") {
		t.Errorf("%+v", gaps)
	}
	if diff := cmp.Diff(before, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}

// stride is how many cells lie between two at which a sync is cut off: make
// chaos goes through all.
func stride() int {
	if os.Getenv("HAWSER_CHAOS") != "" {
		return 1
	}
	return 7
}

// fullStore is a store whose disk is full at a commit.
type fullStore struct {
	collect.Store
	left atomic.Int64
}

func (b *fullStore) Commit(ctx context.Context, run snapshot.RunID, o snapshot.Outcome, batch *snapshot.Batch, r snapshot.Rules) (snapshot.Outcome, snapshot.Delta, error) {
	if b.left.Add(-1) <= 0 {
		return o, snapshot.Delta{}, fault.New(fault.Quota, "the store can't be written")
	}
	return b.Store.Commit(ctx, run, o, batch, r)
}

// A sync whose store can't be written from some cell on is interrupted, and goes
// on when it can.
func TestTheStoreFailsAtEachCell(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	cells := len(c.sync().Outcomes)
	want := c.snapshot()
	for at := 1; at < cells; at += stride() {
		c.open()
		full := &fullStore{Store: c.store}
		full.left.Store(int64(at))
		first, err := sources.New().Run(t.Context(), c.pool(), full, options())
		if !errors.Is(err, fault.Quota) || first.Status != snapshot.Interrupted {
			t.Fatalf("full at cell %d: %v, %+v", at, err, first)
		}
		second := c.sync()
		if second.Run != first.Run || !second.Resumed || len(second.Gaps()) > 0 {
			t.Fatalf("full at cell %d: %+v", at, second)
		}
		if diff := cmp.Diff(want, c.snapshot()); diff != "" {
			t.Fatalf("full at cell %d: %s", at, diff)
		}
	}
}

// A sync that is cut off at any cell goes on from there, and comes to the same
// snapshot.
func TestInterruptedAtEachCell(t *testing.T) {
	t.Parallel()
	whole := newCompany(t)
	cells := len(whole.sync().Outcomes)
	want := whole.snapshot()
	for at := 1; at < cells; at += stride() {
		c := whole
		c.open()
		ctx, cancel := context.WithCancel(t.Context())
		o, seen := options(), 0
		o.Accounts = 1
		o.Progress = func(collect.Event) {
			if seen++; seen == at {
				cancel()
			}
		}
		first, err := sources.New().Run(ctx, c.pool(), c.store, o)
		cancel()
		if !errors.Is(err, fault.Canceled) {
			t.Fatalf("cut off at cell %d: %v", at, err)
		}
		second := c.sync()
		if second.Run != first.Run || !second.Resumed || len(second.Gaps()) > 0 {
			t.Fatalf("cut off at cell %d: %+v", at, second)
		}
		if diff := cmp.Diff(want, c.snapshot()); diff != "" {
			t.Fatalf("cut off at cell %d: %s", at, diff)
		}
	}
}

// overdue is a context that ends as if its deadline had passed.
type overdue struct{ context.Context }

func (o overdue) Err() error {
	if o.Context.Err() != nil {
		return context.DeadlineExceeded
	}
	return nil
}

// A sync that outlasts its time limit says so, and not that somebody interrupted it.
func TestASyncThatOutlastsItsLimitIsATimeout(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := options()
	o.Progress = func(collect.Event) { cancel() }
	first, err := sources.New().Run(overdue{ctx}, c.pool(), c.store, o)
	if f := fault.From(err); f == nil || f.Kind != fault.Timeout || !f.OutcomeKnown || first.Status != snapshot.Interrupted {
		t.Fatalf("%+v, %+v", f, first)
	}
	if second := c.sync(); second.Run != first.Run || !second.Resumed {
		t.Errorf("%+v", second)
	}
}
