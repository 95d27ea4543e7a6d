package c1z

import "time"

// Ref names a resource: its type and its ID within that type.
type Ref struct{ Type, ID string }

// String returns "type:id", under which a file knows the resource.
func (r Ref) String() string { return r.Type + ":" + r.ID }

// Trait says what a resource is for readers that don't know AWS.
type Trait int32

// The traits, by their numbers in the format.
const (
	TraitUser Trait = iota + 1
	TraitGroup
	TraitRole
	TraitApp
	TraitSecret
)

// ResourceType is a type of resources.
type ResourceType struct {
	ID, DisplayName, Description string
	Traits                       []Trait
	// Bare types have resources without entitlements and grants of their own,
	// for which readers then don't look.
	Bare bool
}

// Resource is a thing that holds access, or to which access is held. At most
// one of its traits is usually set.
type Resource struct {
	Ref
	Parent                   Ref // zero for none
	DisplayName, Description string

	User   *User
	Group  *Group
	Role   *Role
	App    *App
	Secret *Secret
}

// Profile is free text about a resource: a JSON object as encoding/json
// decodes it. Values of other types are refused.
type Profile map[string]any

// Status is whether a user may log in.
type Status int32

// The statuses, by their numbers in the format.
const (
	StatusUnknown Status = iota
	StatusEnabled
	StatusDisabled
	StatusDeleted
)

// Account is what a user is: a person, or a program.
type Account int32

// The types of accounts, by their numbers in the format.
const (
	AccountUnknown Account = iota
	AccountHuman
	AccountService
	AccountSystem
)

// User is the trait of who logs in.
type User struct {
	Status  Status
	Details string // why the status is as it is
	Account Account
	Emails  []string // the first is the primary one
	Login   string
	Aliases []string // other logins
	Profile Profile
	// Times are zero where unknown.
	Created, LastLogin time.Time
	// MFA and SSO are nil where unknown.
	MFA, SSO *bool
}

// Group is the trait of what has members.
type Group struct{ Profile Profile }

// Role is the trait of what can be assumed.
type Role struct{ Profile Profile }

// App is the trait of what is logged in to: an AWS account.
type App struct {
	HelpURL string
	Profile Profile
}

// Secret is the trait of a credential, which itself is never in a file.
type Secret struct {
	Profile                    Profile
	Created, Expires, LastUsed time.Time // zero where unknown
	Owner                      Ref       // who made it, or zero
}

// Purpose is what an entitlement gives.
type Purpose int32

// The purposes, by their numbers in the format.
const (
	PurposeUnknown Purpose = iota
	PurposeAssignment
	PurposePermission
)

// Entitlement is something that a principal can hold on a resource.
type Entitlement struct {
	// ID is EntitlementID of Resource and Slug where it is empty.
	ID                       string
	Resource                 Resource
	Slug                     string // such as "member"
	DisplayName, Description string
	GrantableTo              []ResourceType
	Purpose                  Purpose
}

// Grant is somebody holding an entitlement. Of Entitlement and Principal,
// readers need no more than the IDs: they find the rest in the same file.
type Grant struct {
	// ID is GrantID of Entitlement and Principal where it is empty.
	ID          string
	Entitlement Entitlement
	Principal   Resource
	// Expansion is set if everybody who holds an entitlement of the principal
	// holds this one too, like the members of a group.
	Expansion *Expansion
	// Sources are the entitlements that an expanded grant comes from, including
	// its own if it is also held directly.
	Sources []Source
	// Immutable grants can't be taken away by themselves.
	Immutable bool
	// Metadata is what else is known, such as a trust's conditions.
	Metadata Profile
}

// Expansion passes a grant on to those who hold other entitlements.
type Expansion struct {
	Entitlements []string // IDs, at least one
	Shallow      bool     // to those who hold them directly only
	Types        []string // types of principals; all where empty
	// Pending asks the reader to pass it on, where the file doesn't have those
	// grants yet.
	Pending bool
}

// Source is where an expanded grant comes from.
type Source struct {
	Entitlement string // ID
	Direct      bool
}

// EntitlementID returns the format's ID of a resource's entitlement.
func EntitlementID(of Ref, slug string) string { return of.String() + ":" + slug }

// GrantID returns the format's ID of somebody's grant of an entitlement.
func GrantID(entitlement string, to Ref) string { return entitlement + ":" + to.String() }
