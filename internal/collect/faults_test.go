package collect_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Each API that can't be read is a gap of its own cells; the snapshot of before
// stays, and nothing is invented. By default every API is denied, and every eighth
// fails in each of the other ways.
func TestEachUnreadableAPIIsAGap(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	for nth, way := range waysToFail {
		for i, action := range sources.New().Actions() {
			if nth > 0 && stride() > 1 && i%8 != nth {
				continue
			}
			c.ClearFaults()
			endpoint, failed := way.begin(c, action)
			result, err := sources.New().Run(t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = endpoint }), c.store, options())
			switch {
			case err != nil:
				if kind := fault.From(err).Kind; way.harmless || !slices.Contains(way.kinds, kind) {
					t.Errorf("%s %s: %v", way.name, action, err)
				}
			case way.harmless:
				if len(result.Gaps()) > 0 {
					t.Errorf("%s %s left gaps: %+v", way.name, action, result.Gaps())
				}
			case len(result.Gaps()) == 0 && failed() > 0 && !harmless[action]:
				t.Errorf("%s %s left no gap in %d calls", way.name, action, failed())
			}
			if diff := cmp.Diff(before, c.snapshot()); diff != "" {
				t.Fatalf("%s %s changed the snapshot:\n%s", way.name, action, diff)
			}
		}
	}
}

// wayToFail is a way in which an API fails. Begin makes it fail, and returns the
// endpoint to sync from and how many calls failed so far; kinds are those of a sync
// that can't go on.
type wayToFail struct {
	name     string
	begin    func(c *company, action string) (endpoint string, failed func() int64)
	kinds    []fault.Kind
	harmless bool
}

var waysToFail = []wayToFail{
	{name: "denied", begin: failing(awssim.Fault{Effect: awssim.DenyAccess}), kinds: []fault.Kind{fault.Denied, fault.Invalid}},
	{name: "throttled for good", begin: failing(awssim.Fault{Effect: awssim.Throttle}), kinds: []fault.Kind{fault.Throttled}},
	{name: "500", begin: failing(awssim.Fault{Effect: awssim.Fail500}), kinds: []fault.Kind{fault.Unavailable}},
	{name: "reset", begin: failing(awssim.Fault{Effect: awssim.Reset}), kinds: []fault.Kind{fault.Network}},
	{name: "truncated", begin: failing(awssim.Fault{Effect: awssim.TruncateBody}), kinds: []fault.Kind{fault.Network, fault.Endpoint}},
	{name: "an empty body", begin: answering(func([]byte) []byte { return nil }), kinds: []fault.Kind{fault.Endpoint}},
	{name: "another type", begin: answering(ofAnotherType), kinds: []fault.Kind{fault.Endpoint, fault.Internal}},
	{name: "slow", begin: failing(awssim.Fault{Effect: awssim.Delay, Delay: awssim.Duration(20 * time.Millisecond)}), harmless: true},
}

// failing makes the simulator fail.
func failing(f awssim.Fault) func(*company, string) (string, func() int64) {
	return func(c *company, action string) (string, func() int64) {
		f.Service, f.Action, _ = strings.Cut(action, ":")
		if err := c.AddFault(f); err != nil {
			c.t.Fatal(err)
		}
		before := c.Count(action)
		return c.URL, func() int64 { return c.Count(action) - before }
	}
}

// answering changes the bodies of answers.
func answering(change func([]byte) []byte) func(*company, string) (string, func() int64) {
	return func(c *company, action string) (string, func() int64) {
		var changed atomic.Int64
		_, operation, _ := strings.Cut(action, ":")
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pageOf(r).operation != operation {
				c.ServeHTTP(w, r)
				return
			}
			got := httptest.NewRecorder()
			c.ServeHTTP(got, r)
			body := got.Body.Bytes()
			if got.Code == http.StatusOK {
				body = change(body)
				changed.Add(1)
			}
			relay(w, got, body)
		}))
		c.t.Cleanup(proxy.Close)
		return proxy.URL, changed.Load
	}
}

// ofAnotherType gives each member of a JSON object another type, and XML another root.
func ofAnotherType(body []byte) []byte {
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return []byte(`<Other xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Result/></Other>`)
	}
	for name := range members {
		members[name] = true
	}
	return must(json.Marshal(members))
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
		if g.Account != member2 && !g.Facet.Derived() || g.Status != snapshot.Denied || g.Reason == "" {
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
	gaps := ofReading(c.sync(impatient))
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
	if run, err := c.store.Run(t.Context(), first.Run); err != nil || run.Reason != "its time limit had passed" {
		t.Errorf("%+v, %v", run, err)
	}
	if second := c.sync(); second.Run != first.Run || !second.Resumed {
		t.Errorf("%+v", second)
	}
}
