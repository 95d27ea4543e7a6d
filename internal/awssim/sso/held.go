package sso

import (
	"maps"

	"github.com/hawser/hawser/internal/awssim"
)

// Assigned is a role that a session may use under a permission set's name.
type Assigned struct {
	PermissionSet string
	Role          *awssim.Role
}

// Follow lets the session have what f gives when the portal is called, besides what was
// granted. The session ends where f is not ok: its user is gone, or may not sign in any more.
func (s *Session) Follow(f func() (assigned []Assigned, ok bool)) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.assigned = f
}

// now gives what the session may use at this time; not ok where it has ended. The sessions
// must not be locked: a directory has a lock of its own.
func (s *Session) now() (roles held, ok bool) {
	s.all.mu.RLock()
	roles, assigned := maps.Clone(s.roles), s.assigned
	s.all.mu.RUnlock()
	if assigned != nil {
		all, ok := assigned()
		if !ok {
			return nil, false
		}
		for _, a := range all {
			roles[roleIn{a.Role.Account().ID, a.PermissionSet}] = a.Role
		}
	}
	maps.DeleteFunc(roles, func(_ roleIn, r *awssim.Role) bool { return r.Account().Closed() })
	return roles, true
}

// gone reports whether the user of a session, given by its refresh token, may not use it
// any more.
func (st *sessions) gone(refresh string) bool {
	st.mu.RLock()
	var found *Session
	for _, s := range st.byToken {
		if s.RefreshToken != "" && s.RefreshToken == refresh {
			found = s
		}
	}
	st.mu.RUnlock()
	if found == nil {
		return false
	}
	_, ok := found.now()
	return !ok
}
