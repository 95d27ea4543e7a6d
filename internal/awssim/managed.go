package awssim

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/awssim/awsmanaged"
)

// What other services of the simulator do with IAM's things.

// AWSManaged returns one of AWS's own managed policies by its name, with path,
// such as "job-function/ViewOnlyAccess". The error is NoSuchEntity where AWS has
// none of that name.
func (a *Account) AWSManaged(name string) (*ManagedPolicy, error) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	return a.awsManaged(name)
}

// documentIn returns a policy's document with the ARNs of a partition.
func documentIn(partition string, p awsmanaged.Policy) string {
	return strings.ReplaceAll(p.Document, `"arn:aws:`, `"arn:`+partition+`:`)
}

// awsManaged is AWSManaged; the World is locked. The IDs of AWS's policies are the
// same in every account.
func (a *Account) awsManaged(name string) (*ManagedPolicy, error) {
	key := fmt.Sprintf("arn:%s:iam::aws:policy/%s", a.Partition, name)
	if m := a.managed[key]; m != nil {
		return m, nil
	}
	known, ok := awsmanaged.Find(name)
	if !ok {
		return nil, noSuchEntity("Policy %s does not exist or is not attachable.", key)
	}
	doc, err := a.world.parsed(documentIn(a.Partition, known))
	if err != nil {
		return nil, err
	}
	at, sum := strings.LastIndex(name, "/")+1, sha256.Sum256([]byte(key))
	version := &PolicyVersion{Number: known.Version, Created: known.Updated, Document: doc}
	m := &ManagedPolicy{
		Name: name[at:], Path: "/" + name[:at], ARN: key, ID: "ANPA" + base32.StdEncoding.EncodeToString(sum[:])[:17],
		Created: known.Created, Updated: known.Updated, Versions: []*PolicyVersion{version}, Default: version,
	}
	a.managed[key] = m
	return m, nil
}

// Policy finds a managed policy that the account has, its own or AWS's, by ARN;
// nil if there is none.
func (a *Account) Policy(arn string) *ManagedPolicy {
	a.world.mu.RLock()
	defer a.world.mu.RUnlock()
	return a.managed[arn]
}

// SetPolicies puts policies in the place of all that the role has: an inline
// one, where its document is not empty, managed ones, and a boundary or nil.
func (r *Role) SetPolicies(inlineName, inline string, managed []*ManagedPolicy, boundary *ManagedPolicy) error {
	w, all := r.account.world, holder{attached: managed, boundary: boundary}
	w.mu.Lock()
	defer w.mu.Unlock()
	if inline != "" {
		doc, err := w.parsed(inline)
		if err != nil {
			return err
		}
		all.set(inlineName, doc)
	}
	r.holder = all
	return nil
}

// Remove deletes the role.
func (r *Role) Remove() {
	w := r.account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(r.account.roles, r.Name)
}
