package collect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
)

// A service with regions is read in each account and region that the options
// name, and each of its cells names the region. What an interrupted run read is
// not read again.
func TestARegionalServiceIsReadInEachRegion(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	read := make(chan string, 100)
	regional := func(ctx collect.Context, o *collect.Output) error {
		read <- ctx.Account + " " + ctx.Session.Region
		o.Batch("test.things").Add(snapshot.External.ID(ctx.Account+"/"+ctx.Region), ctx.Account, "", nil)
		return nil
	}
	engine := collect.New(collect.Service{
		Scope:   collect.RegionScope,
		Sources: []collect.Source{collect.One("test.things", "ListThings", regional, collect.Always("test:ListThings", 1))},
	})
	o := options()
	o.Organization, o.Regions = false, []string{"us-east-1", "eu-west-1"}
	plan, err := engine.Plan(t.Context(), c.pool(), c.store, o)
	if err != nil || plan.Calls["test:ListThings"] != 2 {
		t.Errorf("%v, %+v", err, plan)
	}
	result, err := engine.Run(t.Context(), c.pool(), c.store, o)
	if err != nil {
		t.Fatal(err)
	}
	close(read)
	var got, cells []string
	for where := range read {
		got = append(got, where)
	}
	for _, o := range result.Outcomes {
		if o.Facet == "test.things" {
			cells = append(cells, fmt.Sprintf("%s %s", o.Account, o.Region))
		}
	}
	want := []string{c.Account.ID + " eu-west-1", c.Account.ID + " us-east-1"}
	slices.Sort(got)
	if diff := cmp.Diff([][]string{want, want}, [][]string{got, cells}); diff != "" {
		t.Error(diff)
	}
	if actions := engine.Actions(); !slices.Equal(actions, []string{"test:ListThings"}) {
		t.Errorf("%v", actions)
	}
}

// The table of kinds is what the sources do: an entity is told by a facet that
// its kind names, each facet is read by one source, and those of the table are.
func TestKindsNameTheirFacets(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	engine := sources.New()
	facets := engine.Facets()
	for _, d := range snapshot.Derivations() {
		for _, f := range d.Base {
			if !slices.Contains(engine.Facets(), f) {
				t.Errorf("%s follows from %s, which no source reads", d.Facet, f)
			}
		}
		facets = append(facets, d.Facet)
	}
	if sorted := slices.Sorted(slices.Values(facets)); len(slices.Compact(sorted)) != len(facets) {
		t.Errorf("a facet is read by two sources: %v", sorted)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(snapshot.Facets())), slices.Sorted(slices.Values(facets))); diff != "" {
		t.Errorf("snapshot.Facets lists others than are read: %s", diff)
	}
	tellers := map[snapshot.Kind][]snapshot.Facet{}
	for _, info := range snapshot.KindTable() {
		tellers[info.Kind] = info.Facets
		for _, f := range info.Facets {
			if !slices.Contains(facets, f) {
				t.Errorf("%s names the facet %s, which no source reads", info.Kind, f)
			}
		}
	}
	seen := map[snapshot.Kind]bool{}
	for o, b := range c.cells() {
		for _, p := range b.Parts {
			if !p.Main {
				continue
			}
			seen[p.Kind] = true
			if !slices.Contains(tellers[p.Kind], o.Facet) {
				t.Errorf("%s is told by %s, which its kind does not name", p.ID, o.Facet)
			}
		}
	}
	for kind := range tellers {
		unmade := map[snapshot.Kind]bool{snapshot.Federated: true, snapshot.Application: true, snapshot.TokenIssuer: true, snapshot.SAMLProvider: true, snapshot.OIDCProvider: true}
		if !seen[kind] && !unmade[kind] {
			t.Errorf("the company has no %s", kind)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(c.snapshot(), "\n"))
	}
}
