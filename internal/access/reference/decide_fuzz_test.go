package reference

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hawser/hawser/internal/policy"
)

// FuzzDecide checks on cases that no text makes the evaluator panic, that the order of
// statements has no meaning, that a Deny more never allows anything, and that an Allow
// less never does.
func FuzzDecide(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); err != nil {
			f.Fatal(err)
		}
		for i, raw := range list {
			f.Add([]byte(raw), uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, at uint8) {
		if _, err := Cases(data); err != nil {
			return
		}
		r, p, err := readCase(bytes.TrimSpace(data))
		if err != nil {
			return
		}
		before := Decide(r, p).Decision
		if after := Decide(r, p.changed(at, reversed)).Decision; after != before {
			t.Errorf("%s, and with the statements of a policy reversed %s", before, after)
		}
		for what, change := range map[string]func(*policy.Document) *policy.Document{"a Deny more": denying, "an Allow less": allowingLess} {
			if after := Decide(r, p.changed(at, change)).Decision; after == Permitted && before != Permitted {
				t.Errorf("%s, and with %s %s", before, what, after)
			}
		}
	})
}

// changed gives the policies with one of the documents changed.
func (p Policies) changed(at uint8, change func(*policy.Document) *policy.Document) Policies {
	var all []*Named
	take := func(list []Named) []Named {
		list = slices.Clone(list)
		for i := range list {
			all = append(all, &list[i])
		}
		return list
	}
	p.Identity, p.Boundaries, p.Session, p.Endpoint = take(p.Identity), take(p.Boundaries), take(p.Session), take(p.Endpoint)
	for _, levels := range []*[]Level{&p.ServiceControl, &p.ResourceControl} {
		*levels = slices.Clone(*levels)
		for i := range *levels {
			(*levels)[i].Policies = take((*levels)[i].Policies)
		}
	}
	if p.ResourcePolicy != nil {
		own := *p.ResourcePolicy
		p.ResourcePolicy = &own
		all = append(all, &own)
	}
	if len(all) > 0 {
		one := all[int(at)%len(all)]
		one.Document = change(one.Document)
	}
	return p
}

func reversed(d *policy.Document) *policy.Document {
	c := *d
	c.Statements = slices.Clone(d.Statements)
	slices.Reverse(c.Statements)
	return &c
}

func denying(d *policy.Document) *policy.Document {
	c := *d
	c.Statements = append(slices.Clone(d.Statements), &policy.Statement{
		Effect: policy.Deny, Action: []string{"s3:Get*", "sts:*"}, Resource: []string{"*"}, Principal: &policy.Principals{Everyone: true},
	})
	return &c
}

func allowingLess(d *policy.Document) *policy.Document {
	c := *d
	at := slices.IndexFunc(d.Statements, func(s *policy.Statement) bool { return s.Effect == policy.Allow })
	if at >= 0 {
		c.Statements = slices.Delete(slices.Clone(d.Statements), at, at+1)
	}
	return &c
}
