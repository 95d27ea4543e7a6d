package collect_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/roster"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/store/storetest"
)

// size is how large a simulated organization is.
type size struct {
	accounts, users, groups, roles, keys       int // the last four of each account
	people, teams, sets, assignments, policies int
}

// BenchmarkSync syncs 100 accounts and their Identity Center, on a simulated AWS
// with 30 ms of latency and AWS's published limits; then once more, unchanged.
// make bench-sync runs it whole; otherwise it is a tenth of the size.
func BenchmarkSync(b *testing.B) {
	s := size{accounts: 10, users: 100, groups: 20, roles: 150, keys: 60, people: 300, teams: 30, sets: 6, assignments: 400, policies: 5}
	if n, err := strconv.Atoi(os.Getenv("HAWSER_ACCOUNTS")); err == nil {
		s.accounts = n
		s.people, s.teams, s.sets, s.assignments = 30*n, 3*n, min(60, n), 40*n
	}
	benchmarkSync(b, s, 30*time.Millisecond, pace.PublishedLimits())
}

// BenchmarkOneAccount syncs one large account at 50 ms for each call: the first
// time with the keys' IDs, and again.
func BenchmarkOneAccount(b *testing.B) {
	s := size{accounts: 1, users: 1000, groups: 50, roles: 300, keys: 1000, policies: 20}
	benchmarkSync(b, s, 50*time.Millisecond, nil)
}

func benchmarkSync(b *testing.B, s size, latency time.Duration, limits map[string]pace.Limit) {
	w, key := generate(b, s, latency, limits)
	server := must(w.Listen("127.0.0.1:0"))
	defer func() { _ = server.Close() }()
	entityByEntity := s.accounts * (3*s.users + s.keys + 3*s.groups + 3*s.roles + 2*s.policies)
	for _, mode := range []collect.KeyMode{collect.ReportKeys, collect.IDKeys} {
		b.Run(string(mode), func(b *testing.B) {
			st := storetest.Open(b, filepath.Join(b.TempDir(), "hawser.db"))
			for b.Loop() {
				for _, turn := range []string{"first", "again"} {
					peak := watch(b)
					pool := awsapi.NewPool(map[string]awsapi.Settings{"acme": {
						AccessKeyID: settings.NewSecret(key.AccessKeyID), SecretAccessKey: settings.NewSecret(key.SecretAccessKey),
						Region: "us-east-1", Endpoint: server.URL, MemberRole: "Hawser",
					}}, poolOptions(limits)...)
					o := collect.Options{Connection: "acme", Organization: s.people > 0, Keys: mode}
					plan, err := sources.New().Plan(b.Context(), pool, st, o)
					if err != nil {
						b.Fatal(err)
					}
					result, err := sources.New().Run(b.Context(), pool, st, o)
					if err != nil || len(result.Gaps()) > 0 {
						b.Fatalf("%v, %+v", err, result.Gaps())
					}
					calls := 0
					for _, n := range result.Calls {
						calls += n
					}
					b.Logf("%s %s: %d calls (entity by entity %d, 1/%.0f), %.1f s (limits allow %.1f s, by %s), %d opened, %d closed, peak heap %d MiB",
						mode, turn, calls, entityByEntity, float64(entityByEntity)/float64(calls), result.Took.Seconds(), plan.Time.Seconds(), plan.Slowest,
						result.Opened, result.Closed, peak())
				}
			}
		})
	}
}

func poolOptions(limits map[string]pace.Limit) []awsapi.Option {
	if limits == nil {
		return nil
	}
	return []awsapi.Option{awsapi.WithPublishedLimits()}
}

// watch measures the heap's peak until the function that it gives is called.
func watch(b *testing.B) func() uint64 {
	b.Helper()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				if m.HeapInuse > before.HeapInuse && m.HeapInuse-before.HeapInuse > most.Load() {
					most.Store(m.HeapInuse - before.HeapInuse)
				}
			}
		}
	}()
	return func() uint64 {
		close(done)
		return most.Load() >> 20
	}
}

// generate makes the organization.
func generate(b *testing.B, s size, latency time.Duration, limits map[string]pace.Limit) (*awssim.World, *awssim.Credential) {
	b.Helper()
	o := awssim.Options{Latency: map[string]time.Duration{"*": latency}, Limits: map[string]awssim.Limit{}}
	for action, l := range limits {
		o.Limits[action] = awssim.Limit{Rate: float64(l.Rate), Burst: l.Burst, Shared: l.Shared}
	}
	w := must(roster.New(o))
	home := w.AddAccount("100000000000", "home")
	key := simtest.Admin(b, home, "hawser").NewKey()
	org := must(organizations.New(w, home, "root@example.com", 1))
	fillAccount(home, s)
	for i := 1; i < s.accounts; i++ {
		a := w.AddAccount(fmt.Sprintf("1%011d", i), fmt.Sprintf("account-%d", i))
		must(org.Root.AddAccount(a, fmt.Sprintf("account-%d@example.com", i)))
		simtest.Grant(b, must(a.AddRole("Hawser", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::100000000000:root"}, "Action": "sts:AssumeRole"}]}`)), "AdministratorAccess")
		fillAccount(a, s)
	}
	if s.people > 0 {
		direct(w, home, s)
	}
	return w, key
}

func fillAccount(a *awssim.Account, s size) {
	var policies []*awssim.ManagedPolicy
	for i := range s.policies {
		policies = append(policies, must(a.AddPolicy(fmt.Sprintf("policy-%d", i), readPolicy)))
	}
	var groups []*awssim.Group
	for i := range s.groups {
		g := a.AddGroup(fmt.Sprintf("group-%d", i))
		g.Attach(policies[i%len(policies)])
		groups = append(groups, g)
	}
	for i := range s.users {
		u := a.AddUser(fmt.Sprintf("user-%d", i))
		groups[i%len(groups)].AddMember(u)
		if i < s.keys {
			u.NewKey()
		}
	}
	for i := range s.roles {
		must(a.AddRole(fmt.Sprintf("role-%d", i), trustService)).Attach(policies[i%len(policies)])
	}
}

// direct fills Identity Center.
func direct(w *awssim.World, home *awssim.Account, s size) {
	i := must(identitycenter.Enable(w, home, "us-east-1", 1))
	var groups []*identitycenter.Group
	for n := range s.teams {
		groups = append(groups, must(i.AddGroup(fmt.Sprintf("team-%d", n), "")))
	}
	for n := range s.people {
		u := must(i.AddUser(fmt.Sprintf("person-%d", n), "P", strconv.Itoa(n), fmt.Sprintf("person-%d@example.com", n)))
		i.AddMember(groups[n%len(groups)], u)
	}
	var sets []*identitycenter.PermissionSet
	for n := range s.sets {
		set := &identitycenter.PermissionSet{Name: fmt.Sprintf("Set%d", n)}
		if err := i.AddPermissionSet(set); err != nil {
			panic(err)
		}
		sets = append(sets, set)
	}
	for n := range s.assignments { // three groups have each set on each account
		pair := n / 3
		account := fmt.Sprintf("1%011d", pair%s.accounts)
		if err := i.Assign(sets[(pair/s.accounts)%len(sets)], account, groups[n%len(groups)]); err != nil {
			panic(err)
		}
	}
}
