package awssim

import (
	"sync"
	"time"

	"github.com/hawser/hawser/internal/access/reference"
)

// accessLog notes when users and roles called which service and operation. Unlike
// CloudTrail's event history it keeps data events, too, and only the last of each.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
type accessLog struct {
	mu sync.Mutex
	of map[accessKey]access
}

// accessKey is a user or role, by its unique id, with a service; action is empty for
// the service as a whole.
type accessKey struct{ id, service, action string }

// access is the last call.
type access struct {
	at     time.Time
	region string
}

// accessKept is how long an access is reported.
const accessKept = 400 * 24 * time.Hour

// note records a call, also one that was refused.
func (l *accessLog) note(o Outcome) {
	id := o.Principal.entityID()
	if id == "" {
		return
	}
	action := o.Operation
	if o.Service.Action != nil {
		action = o.Service.Action(o.Operation)
	}
	now := access{o.Now(), o.EndpointRegion()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of[accessKey{id, o.Service.Prefix, ""}] = now
	if !IsData(o.Service.Model, o.Operation) {
		l.of[accessKey{id, o.Service.Prefix, action}] = now
	}
}

// entityID is the unique id of the user or role that p is, or is a session of, and the
// account's id for its root user; empty for others.
func (p *Principal) entityID() string {
	switch {
	case p == nil:
		return ""
	case p.Role != nil:
		return p.Role.ID
	case p.User != nil:
		return p.User.ID
	case p.Type == reference.Root:
		return p.Account.ID
	}
	return ""
}

// last returns the last of the accesses to a service, or to an action of it, and which
// of the ids made it; n is how many of them made any.
func (l *accessLog) last(now time.Time, ids []string, service, action string) (latest access, id string, n int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range ids {
		a, ok := l.of[accessKey{one, service, action}]
		if !ok || now.Sub(a.at) > accessKept {
			continue
		}
		n++
		if a.at.After(latest.at) {
			latest, id = a, one
		}
	}
	return latest, id, n
}
