package identitycenter

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/hawser/hawser/internal/awssim"
)

// groupSCIM is a group as SCIM writes it, always without its members: AWS says
// who they are by a filter only.
func (i *Instance) groupSCIM(g *Group) map[string]any {
	out := map[string]any{
		"id": g.ID, "displayName": g.DisplayName, "schemas": []string{scimGroup}, "members": []any{},
		"meta": scimMeta("Group", g.Created, g.Updated),
	}
	if x := i.external(g.ExternalIDs); x != "" {
		out["externalId"] = x
	}
	return out
}

func scimListGroups(c *scimCall) (int, any, error) {
	conditions, err := c.filter("displayname", "externalid", "members.value", "members", "id", "id member", "id members", "member")
	if err != nil {
		return 0, nil, err
	}
	for _, want := range conditions {
		if strings.HasPrefix(want.attribute, "member") && c.users[want.value] == nil {
			return 0, nil, missing(types.ResourceTypeUser, want.value)
		}
	}
	var found []map[string]any
	for _, g := range awssim.InOrder(c.groups) {
		if c.groupMatches(g, conditions) {
			found = append(found, c.groupSCIM(g))
		}
	}
	return c.listing(found)
}

func (c *scimCall) groupMatches(g *Group, conditions []condition) bool {
	for _, want := range conditions {
		var got bool
		switch want.attribute {
		case "displayname":
			got = strings.EqualFold(g.DisplayName, want.value)
		case "externalid":
			got = c.external(g.ExternalIDs) == want.value
		case "id":
			got = g.ID == want.value
		default:
			got = g.members[want.value] != nil
		}
		if !got {
			return false
		}
	}
	return true
}

func scimCreateGroup(c *scimCall) (int, any, error) {
	name, _ := c.body["displayName"].(string)
	g := &Group{DisplayName: name}
	if x, ok := c.body["externalId"].(string); ok && x != "" {
		g.ExternalIDs = []ExternalID{{c.issuerName(), x}}
	}
	users, err := c.people(c.body["members"])
	if err != nil {
		return 0, nil, err
	}
	if err := c.addGroup(g); err != nil {
		return 0, nil, err
	}
	for _, u := range users {
		c.join(g, u)
	}
	return http.StatusCreated, c.groupSCIM(g), nil
}

// people reads a list of members, which are users.
func (c *scimCall) people(members any) ([]*User, error) {
	list, ok := members.([]any)
	if members != nil && (!ok || len(list) > maxPage) {
		return nil, invalid("members must be a list of at most %d.", maxPage)
	}
	var users []*User
	for _, m := range list {
		object, _ := m.(map[string]any)
		id, _ := object["value"].(string)
		u, err := c.user(&id)
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, nil
}

func scimGetGroup(c *scimCall) (int, any, error) {
	g, err := c.group(&c.id)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.groupSCIM(g), nil
}

func scimPatchGroup(c *scimCall) (int, any, error) {
	g, err := c.group(&c.id)
	if err != nil {
		return 0, nil, err
	}
	operations, err := c.operations()
	if err != nil {
		return 0, nil, err
	}
	change := groupChange{to: *g}
	for _, op := range operations {
		if err := c.patchGroup(&change, op); err != nil {
			return 0, nil, err
		}
	}
	if len(change.joining)+len(change.parting) > maxPage {
		return 0, nil, invalid("A request changes at most %d memberships.", maxPage)
	}
	if err := c.changeGroup(g, change.to); err != nil {
		return 0, nil, err
	}
	for _, u := range change.joining {
		c.join(g, u)
	}
	for _, u := range change.parting {
		if m := g.members[u.ID]; m != nil {
			c.part(m)
		}
	}
	return http.StatusNoContent, nil, nil
}

// groupChange gathers what a request changes, so that all or nothing is done.
type groupChange struct {
	to               Group
	joining, parting []*User
}

var memberPath = regexp.MustCompile(`^members\[value eq "([^"]*)"\]$`)

// patchGroup takes one operation up. Members are added and removed by name:
// AWS refuses to replace or remove all of them.
func (c *scimCall) patchGroup(change *groupChange, op patch) error {
	if m := memberPath.FindStringSubmatch(op.Path); m != nil && op.Op == "remove" {
		op.Path, op.Value = "members", []any{map[string]any{"value": m[1]}}
	}
	switch op.Path {
	case "":
		values, ok := op.Value.(map[string]any)
		if !ok || op.Op == "remove" {
			return invalid("An operation without a path adds or replaces attributes.")
		}
		for path, value := range values {
			if path == "id" || path == "schemas" {
				continue
			}
			if err := c.patchGroup(change, patch{op.Op, path, value}); err != nil {
				return err
			}
		}
		return nil
	case "members":
		users, err := c.people(op.Value)
		switch {
		case err != nil:
			return err
		case op.Op == "replace" || len(users) == 0:
			return invalid("Members are added and removed one by one.")
		case op.Op == "add":
			change.joining = append(change.joining, users...)
		default:
			change.parting = append(change.parting, users...)
		}
		return nil
	}
	return c.patchName(change, op)
}

// patchName takes up a change of displayName or externalId.
func (c *scimCall) patchName(change *groupChange, op patch) error {
	text, ok := op.Value.(string)
	switch {
	case op.Path == "displayName" && ok && op.Op != "remove":
		change.to.DisplayName = text
	case op.Path == "externalId" && op.Op == "remove":
		change.to.ExternalIDs = nil
	case op.Path == "externalId" && ok:
		change.to.ExternalIDs = []ExternalID{{c.issuerName(), text}}
	default:
		return invalid("Only displayName, members and externalId can be changed.")
	}
	return nil
}

func scimDeleteGroup(c *scimCall) (int, any, error) {
	g, err := c.group(&c.id)
	if err != nil {
		return 0, nil, err
	}
	c.dropGroup(g)
	return http.StatusNoContent, nil, nil
}
