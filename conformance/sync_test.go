package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/acme"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/store/storetest"
)

// boto3Result is what boto3 reads of an organization.
type boto3Result struct {
	Home     string
	Entities [][4]string // kind, key, account, name
	Edges    [][3]string // from, relation, to
}

// motoLacks are the facets whose calls moto answers with a status of 500, and the
// credential report, which has no row of the root user there.
var motoLacks = []snapshot.Facet{
	"iam.credentials", "iam.service-specific-credentials", "sso.applications", "sso.application-assignments", "sso.permission-set-boundaries", "sso.token-issuers",
}

// testSync syncs organizations, and compares the snapshot with what boto3 reads of
// them, entity by entity: nothing lost, nothing invented. One is seeded by boto3,
// in moto and in the simulator, the other is acme.
func (c *harness) testSync(t *testing.T) {
	c.call(t, "moto", "boto3")
	t.Run("moto", func(t *testing.T) {
		s := c.moto(t)
		c.holdSync(t, "moto", "seed.py", append(s.env, "MOTO=1"), awsapi.Settings{
			AccessKeyID: settings.NewSecret("AKIAIOSFODNN7EXAMPLE"), SecretAccessKey: settings.NewSecret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
			Endpoint: s.url, AllowRoot: true,
		}, func(gap snapshot.Outcome) bool {
			return slices.Contains(motoLacks, gap.Facet) && gap.Status == snapshot.Failed
		})
	})
	t.Run("simulator", func(t *testing.T) {
		w, url := world(t, 50)
		home := w.AddAccount(account, "judged")
		if _, err := identitycenter.Enable(w, home, "us-east-1", 1); err != nil {
			t.Fatal(err)
		}
		key := simtest.Admin(t, home, "operator").NewKey()
		c.holdSync(t, "boto3", "seed.py", keyEnv(url, key.AccessKeyID, key.SecretAccessKey), simulated(url, key), func(snapshot.Outcome) bool { return false })
	})
	t.Run("acme", func(t *testing.T) {
		w, url := world(t, 50)
		company, err := acme.Build(w)
		if err != nil {
			t.Fatal(err)
		}
		key := company.Operator
		env := append(keyEnv(url, key.AccessKeyID, key.SecretAccessKey), "AWS_REGION="+acme.Region, "AWS_DEFAULT_REGION="+acme.Region)
		c.holdSync(t, "boto3", "read.py", env, simulated(url, key), func(gap snapshot.Outcome) bool {
			// What follows from the account's users and roles is a gap too.
			return (gap.Account == acme.Denied || gap.Facet.Derived()) && gap.Status == snapshot.Denied
		})
	})
}

// simulated is a connection to a simulated AWS.
func simulated(url string, key *awssim.Credential) awsapi.Settings {
	return awsapi.Settings{AccessKeyID: settings.NewSecret(key.AccessKeyID), SecretAccessKey: settings.NewSecret(key.SecretAccessKey), Endpoint: url}
}

// holdSync syncs what a script has seeded or left alone, and compares.
func (c *harness) holdSync(t *testing.T, judge, script string, env []string, connection awsapi.Settings, known func(snapshot.Outcome) bool) {
	t.Helper()
	read := command(c.venv("python"), filepath.Join(c.root, "conformance", "testdata", "sync", script))
	read.Env = append(read.Env, env...)
	var said bytes.Buffer
	read.Stderr = &said
	out, err := read.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(said.Bytes()))
	}
	var want boto3Result
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	st := storetest.Open(t, filepath.Join(t.TempDir(), "hawser.db"))
	connection.Region, connection.MemberRole = "us-east-1", settings.DefaultMemberRole
	pool := awsapi.NewPool(map[string]awsapi.Settings{"judged": connection})
	result, err := sources.New().Run(t.Context(), pool, st, collect.Options{Connection: "judged", Organization: true, SSHKeys: true, Speed: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, gap := range result.Gaps() {
		if !known(gap) {
			t.Errorf("%s %s is %s: %s", gap.Account, gap.Facet, gap.Status, gap.Reason)
		}
	}
	compare(t, st, want)
	c.count(judge, len(want.Entities)+len(want.Edges))
}

// compare compares the snapshot's entities and edges of the kinds that boto3 read
// against them.
func compare(t *testing.T, st *store.Store, want boto3Result) {
	t.Helper()
	kinds := map[snapshot.Kind]bool{}
	var entities, edges []string
	for _, e := range want.Entities {
		kinds[snapshot.Kind(e[0])] = true
		entities = append(entities, strings.Join(e[:], " "))
	}
	relations := map[snapshot.Relation]bool{}
	for _, e := range want.Edges {
		relations[snapshot.Relation(e[1])] = true
		edges = append(edges, strings.Join(e[:], " "))
	}
	all, err := st.Entities(t.Context(), snapshot.Filter{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	var gotEntities, gotEdges []string
	for _, e := range all {
		if kinds[e.Kind] && told(e.Entity) {
			gotEntities = append(gotEntities, fmt.Sprintf("%s %s %s %s", e.Kind, e.Key, e.Account, e.Name))
		}
		gotEdges = append(gotEdges, linksTo(t, st, e.ID, relations)...)
	}
	for _, pair := range [][2]*[]string{{&entities, &gotEntities}, {&edges, &gotEdges}} {
		slices.Sort(*pair[0])
		slices.Sort(*pair[1])
		if diff := cmp.Diff(slices.Compact(*pair[0]), slices.Compact(*pair[1])); diff != "" {
			t.Errorf("boto3 reads -, the snapshot has +\n%s", diff)
		}
	}
}

// told reports whether boto3's listings tell of an entity: they don't of AWS's own
// policies, nor of the root user's keys.
func told(e snapshot.Entity) bool {
	owner, _, bySlot := e.Slot()
	ofAWS, ofRoot := e.Kind == snapshot.Policy && e.Account == "", bySlot && strings.HasSuffix(owner, ":root")
	return !ofAWS && !ofRoot
}

// linksTo are the edges to and from an entity of the relations that boto3 read,
// as far as it read them: principals have no entities of their own.
func linksTo(t *testing.T, st *store.Store, id snapshot.ID, relations map[snapshot.Relation]bool) []string {
	t.Helper()
	var out []string
	for _, from := range []bool{true, false} {
		links, err := st.Links(t.Context(), id, from, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range links {
			foreign := l.From.Kind == snapshot.Unit || l.From.Kind == snapshot.AccountRole || l.From.Kind == snapshot.PermissionSet
			if relations[l.Relation] && !foreign && l.From.Kind != snapshot.Root {
				out = append(out, fmt.Sprintf("%s %s %s", l.From.Key, l.Relation, l.To.Key))
			}
		}
	}
	return out
}
