package collect_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
)

// page is a request of a listing: which operation, and the token of the page,
// empty for the first.
type page struct{ operation, token string }

// pageOf reads a request, and leaves it as it was.
func pageOf(r *http.Request) page {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		var in struct{ NextToken string }
		_ = json.Unmarshal(body, &in)
		return page{target[strings.LastIndex(target, ".")+1:], in.NextToken}
	}
	form, _ := url.ParseQuery(string(body))
	return page{form.Get("Action"), form.Get("Marker")}
}

// throughProxy syncs through something that stands between, which hears of each
// page and may change its answer. Pages are told one at a time.
func (c *company) throughProxy(before func(page), after func(page, []byte) []byte) *collect.Result {
	c.t.Helper()
	var telling sync.Mutex
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := pageOf(r)
		telling.Lock()
		before(p)
		telling.Unlock()
		got := httptest.NewRecorder()
		c.ServeHTTP(got, r)
		telling.Lock()
		body := after(p, got.Body.Bytes())
		telling.Unlock()
		relay(w, got, body)
	}))
	defer proxy.Close()
	o := options()
	o.Rules = c.rules
	result, err := sources.New().Run(c.t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = proxy.URL }), c.store, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

// relay gives an answer on, with another body.
func relay(w http.ResponseWriter, got *httptest.ResponseRecorder, body []byte) {
	for name, values := range got.Header() {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	w.Header().Del("X-Amz-Crc32")
	w.WriteHeader(got.Code)
	_, _ = w.Write(body)
}

func nothing(page)                    {}
func same(_ page, body []byte) []byte { return body }
func (c *company) names(k snapshot.Kind) []string {
	var names []string
	for _, e := range must(c.store.Entities(c.t.Context(), snapshot.Filter{Kinds: []snapshot.Kind{k}, Account: member1, Limit: 10_000})) {
		names = append(names, e.Name)
	}
	slices.Sort(names)
	return names
}

// twoPages gives an account so many users that they take two pages.
func (c *company) twoPages() {
	for i := range 45 {
		c.World.Account(member1).AddUser(fmt.Sprintf("user-%04d", i))
	}
}

// Who was there all along is in the snapshot, and nobody who never was, although
// people come and go between two pages; the next sync has the truth.
func TestPagesThatChange(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.twoPages()
	a := c.World.Account(member1)
	changed := false
	result := c.throughProxy(func(p page) {
		if p.operation != "GetAccountAuthorizationDetails" || p.token == "" || changed {
			return
		}
		changed = true
		for _, name := range []string{"user-0003", "user-0042"} {
			a.AddUser(name).Remove()
		}
		a.AddUser("aaa")
		a.AddUser("zzz")
	}, same)
	if len(result.Gaps()) > 0 || !changed {
		t.Fatalf("%+v", result.Gaps())
	}
	want := []string{"ada", "bob"}
	for i := range 45 {
		want = append(want, fmt.Sprintf("user-%04d", i))
	}
	seen := c.names(snapshot.User)
	for _, name := range want {
		if !slices.Contains(seen, name) && name != "user-0003" && name != "user-0042" {
			t.Errorf("%s was there all along, and is lost", name)
		}
	}
	for _, name := range seen {
		if !slices.Contains(want, name) && name != "aaa" && name != "zzz" {
			t.Errorf("%s is invented", name)
		}
	}
	if again := c.sync(); len(again.Gaps()) > 0 {
		t.Errorf("%+v", again.Gaps())
	}
	after := c.snapshot()
	c.open()
	c.whole()
	if diff := cmp.Diff(c.snapshot(), after); diff != "" {
		t.Errorf("the next sync has not the truth: %s", diff)
	}
}

// Items that come twice, since a page repeats some of the one before, are there
// once.
func TestPagesThatOverlap(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.twoPages()
	for n := range 150 {
		must(c.center.AddUser("person-"+strconv.Itoa(n), "P", "Q", ""))
	}
	c.whole()
	want := c.snapshot()
	c.open()
	first := map[string][]byte{}
	repeated := map[string]bool{}
	result := c.throughProxy(nothing, func(p page, body []byte) []byte {
		list := map[string]string{"GetAccountAuthorizationDetails": "UserDetailList", "ListUsers": "Users"}[p.operation]
		switch {
		case list == "":
			return body
		case p.token == "" && first[p.operation] == nil && (p.operation == "ListUsers" || bytes.Contains(body, []byte("user-0005"))):
			first[p.operation] = bytes.Clone(body)
			return body
		case p.token == "" || first[p.operation] == nil:
			return body
		}
		repeated[p.operation] = true
		if p.operation == "ListUsers" {
			return withFirst(first[p.operation], body)
		}
		inner := between(string(first[p.operation]), "<"+list+">", "</"+list+">")
		return []byte(strings.Replace(string(body), "<"+list+">", "<"+list+">"+inner, 1))
	})
	if len(result.Gaps()) > 0 || len(repeated) != 2 {
		t.Fatalf("%v, %+v", repeated, result.Gaps())
	}
	if diff := cmp.Diff(want, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}

// withFirst puts the users of one page before those of another.
func withFirst(first, second []byte) []byte {
	var a, b struct {
		Users     []json.RawMessage
		NextToken *string `json:",omitempty"`
	}
	if err := errors.Join(json.Unmarshal(first, &a), json.Unmarshal(second, &b)); err != nil {
		panic(err)
	}
	b.Users = append(a.Users, b.Users...)
	return must(json.Marshal(b))
}

func between(text, begin, end string) string {
	_, rest, _ := strings.Cut(text, begin)
	inner, _, _ := strings.Cut(rest, end)
	return inner
}

// A listing whose next page is the same one again ends, and is a gap.
func TestPagesInACircle(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.twoPages()
	c.whole()
	before := c.snapshot()
	var first []byte
	result := c.throughProxy(nothing, func(p page, body []byte) []byte {
		if p.operation != "GetAccountAuthorizationDetails" {
			return body
		}
		if p.token != "" {
			return first
		}
		if bytes.Contains(body, []byte("user-0005")) {
			first = bytes.Clone(body)
		}
		return body
	})
	gaps := ofReading(result)
	if len(gaps) == 0 || gaps[0].Account != member1 || !strings.Contains(gaps[0].Reason, "does not end") {
		t.Errorf("%+v", gaps)
	}
	if diff := cmp.Diff(before, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}
