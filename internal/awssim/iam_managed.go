package awssim

import (
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
)

// ManagedPolicy is a policy that principals are given by reference.
type ManagedPolicy struct {
	Name, ID, ARN, Path, Description string
	Created, Updated                 time.Time
	Tags                             map[string]string
	// Versions are the documents there are, oldest first; Default is the one in
	// force.
	Versions []*PolicyVersion
	Default  *PolicyVersion
	made     int // versions that there ever were
}

// PolicyVersion is one document of a managed policy.
type PolicyVersion struct {
	Number   int // from 1
	Created  time.Time
	Document *policy.Document
}

// addVersion returns the policy a document, which is in force only if it is said
// to be, or is the first.
func (m *ManagedPolicy) addVersion(doc *policy.Document, now time.Time, inForce bool) *PolicyVersion {
	m.made++
	v := &PolicyVersion{Number: m.made, Created: now, Document: doc}
	m.Versions, m.Updated = append(m.Versions, v), now
	if inForce || m.Default == nil {
		m.Default = v
	}
	return v
}

// id is "v1" for the first version.
func (v *PolicyVersion) id() string { return "v" + strconv.Itoa(v.Number) }

// owner returns the account whose policy it is; "aws" for AWS's own.
func (m *ManagedPolicy) owner() string {
	a, _ := arn.Parse(m.ARN)
	return a.Account
}

// local tells the account's own policies from AWS's.
func (m *ManagedPolicy) local() bool { return m.owner() != "aws" }

func policyKey(m *ManagedPolicy) string { return m.ARN }

func policyPath(m *ManagedPolicy) string { return m.Path }

// AddPolicy makes a managed policy of the account, or gives the one of that name
// a new version, which is in force from then on.
func (a *Account) AddPolicy(name, document string) (*ManagedPolicy, error) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	m := a.managed[a.ARN("iam", "", "policy/"+name)]
	if m == nil {
		m = a.newPolicy("/", name)
	}
	return m, a.supply(m, document)
}

// newPolicy makes a managed policy of the account without a version yet. The
// World is locked, as below.
func (a *Account) newPolicy(path, name string) *ManagedPolicy {
	m := &ManagedPolicy{
		Name: name, Path: path, ID: entityID("ANPA"), ARN: a.ARN("iam", "", "policy"+path+name), Created: a.world.Clock.Now(),
	}
	a.managed[m.ARN] = m
	return m
}

// supply puts a document in force, where it is not.
func (a *Account) supply(m *ManagedPolicy, document string) error {
	doc, err := a.world.parsed(document)
	if err == nil && (m.Default == nil || m.Default.Document != doc) {
		m.addVersion(doc, a.world.Clock.Now(), true)
	}
	return err
}

// documentsOf keeps parsed documents, since thousands of accounts have the same.
type documentsOf map[string]*policy.Document

// parsed parses a document, or gives what it was parsed to before. The World is
// locked.
func (w *World) parsed(text string) (*policy.Document, error) {
	if doc := w.documents[text]; doc != nil {
		return doc, nil
	}
	doc, err := policy.Parse([]byte(text))
	if err == nil {
		w.documents[text] = doc
	}
	return doc, err
}
