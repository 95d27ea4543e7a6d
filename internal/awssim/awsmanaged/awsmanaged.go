// Package awsmanaged holds the managed policies of AWS with their documents, as
// they are in the partition aws. The data is moto's, under the licence beside it;
// make managed-policies makes it anew.
//
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
package awsmanaged

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/policy"
)

// Policy is one managed policy of AWS.
type Policy struct {
	Name string // with the path, such as "job-function/ViewOnlyAccess"
	// Version is the number of the default version, whose Document is known.
	Version          int
	Created, Updated time.Time
	Document         string
}

//go:embed policies.tsv.gz
var packed []byte

// all are the lines of the data by the policies' names. They are unpacked when
// they are first needed.
var all = sync.OnceValue(func() map[string]string {
	lines, err := unpack(packed)
	if err != nil {
		panic("awsmanaged: the data in the program is damaged: " + err.Error())
	}
	return lines
})

func unpack(data []byte) (map[string]string, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	byName := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		byName[name] = rest
	}
	return byName, nil
}

// Find gives the policy of a name with path; it says false where AWS has none.
func Find(name string) (Policy, bool) {
	line, ok := all()[name]
	if !ok {
		return Policy{}, false
	}
	p, err := parse(name, line)
	if err != nil {
		panic("awsmanaged: the data in the program is damaged: " + err.Error())
	}
	return p, true
}

// Names are the names of all policies, with their paths, sorted.
func Names() []string { return slices.Sorted(maps.Keys(all())) }

// actions are the actions in all documents by their prefixes, all in lower case. Those
// with wildcards are not among them, but their prefixes are.
var actions = sync.OnceValue(func() map[string][]string {
	found := map[string]map[string]bool{}
	for _, line := range all() {
		doc, err := policy.Parse([]byte(line[strings.LastIndexByte(line, '\t')+1:]))
		if err != nil {
			panic("awsmanaged: the data in the program is damaged: " + err.Error())
		}
		for _, s := range doc.Statements {
			for _, action := range slices.Concat(s.Action, s.NotAction) {
				addAction(found, strings.ToLower(action))
			}
		}
	}
	sorted := make(map[string][]string, len(found))
	for prefix, names := range found {
		sorted[prefix] = slices.Sorted(maps.Keys(names))
	}
	return sorted
})

func addAction(found map[string]map[string]bool, action string) {
	prefix, name, ok := strings.Cut(action, ":")
	if !ok || strings.ContainsAny(prefix, "*?") {
		return
	}
	if found[prefix] == nil {
		found[prefix] = map[string]bool{}
	}
	if !strings.ContainsAny(name, "*?") {
		found[prefix][action] = true
	}
}

// Services are the prefixes of the services that the policies name, sorted.
func Services() []string { return slices.Sorted(maps.Keys(actions())) }

// Actions are the actions of a service, such as "s3:getobject", that the policies name,
// in lower case and sorted.
func Actions(prefix string) []string { return actions()[prefix] }

func parse(name, line string) (Policy, error) {
	fields := strings.SplitN(line, "\t", 4)
	if len(fields) != 4 {
		return Policy{}, fmt.Errorf("%s has %d fields", name, len(fields))
	}
	version, err := strconv.Atoi(strings.TrimPrefix(fields[0], "v"))
	if err != nil {
		return Policy{}, fmt.Errorf("%s: %w", name, err)
	}
	created, err := time.Parse(time.RFC3339, fields[1])
	if err != nil {
		return Policy{}, fmt.Errorf("%s: %w", name, err)
	}
	updated, err := time.Parse(time.RFC3339, fields[2])
	if err != nil {
		return Policy{}, fmt.Errorf("%s: %w", name, err)
	}
	return Policy{name, version, created, updated, fields[3]}, nil
}
