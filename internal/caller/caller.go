// Package caller says who makes a call and what they may do in Hawser.
package caller

// Caller is who makes a call.
type Caller struct {
	Door  string // "cli", "mcp", "http", "ui", "jobs"
	Actor string // the person or agent
	For   string // on whose behalf an agent acts; may be empty
	Token string // the ID of the token that was given; may be empty
	Role  Role
	// AuditAll lets an agent see everybody's calls in the audit log.
	AuditAll bool
}

// Role is what a caller may do in Hawser itself.
type Role string

// The roles, from least to most. Each may do all that the one before may.
const (
	Viewer   Role = "viewer"
	Operator Role = "operator"
	Admin    Role = "admin"
)

var rank = map[Role]int{Viewer: 1, Operator: 2, Admin: 3}

// Covers reports whether a caller of role r may do what needs the other.
func (r Role) Covers(need Role) bool { return rank[r] >= rank[need] }
