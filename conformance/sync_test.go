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
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

// reading is what boto3 reads of an organization.
type reading struct {
	Home     string
	Entities [][4]string // kind, key, account, name
	Edges    [][3]string // from, relation, to
}

// motoLacks are the facets whose calls moto answers with a status of 500.
var motoLacks = []snapshot.Facet{"sso.applications", "sso.permission-set-policies", "sso.token-issuers"}

// testSync seeds an organization in moto by boto3, syncs it, and holds the
// picture against what boto3 reads: nothing lost, nothing invented.
func (c *court) testSync(t *testing.T) {
	c.call(t, "moto", "boto3")
	s := c.moto(t)
	seed := command(c.venv("python"), filepath.Join(c.root, "conformance", "testdata", "sync", "seed.py"))
	seed.Env = append(seed.Env, s.env...)
	var said bytes.Buffer
	seed.Stderr = &said
	out, err := seed.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(said.Bytes()))
	}
	var want reading
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	book, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hawser.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	pool := awsapi.NewPool(map[string]awsapi.Settings{"moto": {
		AccessKeyID: awsapi.NewSecret("AKIAIOSFODNN7EXAMPLE"), SecretAccessKey: awsapi.NewSecret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
		Region: "us-east-1", Endpoint: s.url, MemberRole: "OrganizationAccountAccessRole", AllowRoot: true,
	}})
	result, err := collect.Run(t.Context(), pool, book, collect.Options{Connection: "moto", Organization: true, Speed: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, gap := range result.Gaps() {
		if slices.Contains(motoLacks, gap.Facet) && gap.Status == snapshot.Failed {
			continue
		}
		t.Errorf("%s %s is %s: %s", gap.Account, gap.Facet, gap.Status, gap.Reason)
	}
	compare(t, book, want)
	c.count("moto", len(want.Entities)+len(want.Edges))
}

// compare holds the picture's entities and edges of the kinds that boto3 read
// against them.
func compare(t *testing.T, book *store.Store, want reading) {
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
	all, err := book.Entities(t.Context(), snapshot.Filter{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	var gotEntities, gotEdges []string
	for _, e := range all {
		if kinds[e.Kind] && (e.Kind != snapshot.Policy || e.Account != "") { // those without are AWS's own
			gotEntities = append(gotEntities, fmt.Sprintf("%s %s %s %s", e.Kind, e.Key, e.Account, e.Name))
		}
		gotEdges = append(gotEdges, linksTo(t, book, e.ID, relations)...)
	}
	for _, pair := range [][2]*[]string{{&entities, &gotEntities}, {&edges, &gotEdges}} {
		slices.Sort(*pair[0])
		slices.Sort(*pair[1])
		if diff := cmp.Diff(slices.Compact(*pair[0]), slices.Compact(*pair[1])); diff != "" {
			t.Errorf("boto3 reads -, the picture has +\n%s", diff)
		}
	}
}

// linksTo are the edges to and from an entity of the relations that boto3 read,
// as far as it read them: principals have no entities of their own.
func linksTo(t *testing.T, book *store.Store, id snapshot.ID, relations map[snapshot.Relation]bool) []string {
	t.Helper()
	var out []string
	for _, from := range []bool{true, false} {
		links, err := book.Links(t.Context(), id, from, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range links {
			foreign := l.From.Kind == snapshot.Unit || l.From.Kind == snapshot.AccountRole || l.From.Kind == snapshot.PermissionSet
			if relations[l.Relation] && !foreign {
				out = append(out, fmt.Sprintf("%s %s %s", l.From.Key, l.Relation, l.To.Key))
			}
		}
	}
	return out
}
