package identitycenter

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awssim"
)

// asSCIM is a user as SCIM writes it.
func (i *Instance) asSCIM(u *User) map[string]any {
	out := make(map[string]any)
	text, _ := json.Marshal(u.Attributes) // texts always marshal
	_ = json.Unmarshal(text, &out)
	out["id"], out["active"], out["schemas"] = u.ID, u.Active, []string{scimUser}
	out["meta"] = scimMeta("User", u.Created, u.Updated)
	if x := i.external(u.ExternalIDs); x != "" {
		out["externalId"] = x
	}
	if u.Enterprise != nil {
		out["schemas"], out[scimEnterprise] = []string{scimUser, scimEnterprise}, u.Enterprise
	}
	return out
}

func scimMeta(kind string, created, updated time.Time) map[string]any {
	const form = "2006-01-02T15:04:05Z"
	return map[string]any{"resourceType": kind, "created": created.UTC().Format(form), "lastModified": updated.UTC().Format(form)}
}

// issuerName is the issuer of the external IDs that come by SCIM.
func (i *Instance) issuerName() string { return "https://scim.aws.com/" + i.Tenant }

// external gives the external ID that came by SCIM.
func (i *Instance) external(ids []ExternalID) string {
	for _, x := range ids {
		if x.Issuer == i.issuerName() {
			return x.ID
		}
	}
	return ""
}

// fromSCIM reads a user whom SCIM has written.
func (i *Instance) fromSCIM(body map[string]any) (User, error) {
	u, rest := User{Active: true}, maps.Clone(body)
	for _, given := range []string{"id", "meta", "schemas", "groups"} { // what the service decides
		delete(rest, given)
	}
	if active, ok := rest["active"]; ok {
		var err error
		if u.Active, err = scimBool(active); err != nil {
			return u, err
		}
		delete(rest, "active")
	}
	if x, ok := rest["externalId"].(string); ok && x != "" {
		u.ExternalIDs = []ExternalID{{i.issuerName(), x}}
	}
	delete(rest, "externalId")
	u.Enterprise, _ = rest[scimEnterprise].(map[string]any)
	delete(rest, scimEnterprise)
	if err := u.replace(rest); err != nil {
		return u, err
	}
	for _, e := range u.Emails {
		if !e.Primary {
			return u, invalid("The email must be marked as primary.")
		}
	}
	return u, nil
}

// scimBool takes true and "True" alike, as Microsoft Entra sends the latter.
func scimBool(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		if is := strings.EqualFold(v, "true"); is || strings.EqualFold(v, "false") {
			return is, nil
		}
	}
	return false, invalid("active must be true or false.")
}

func scimListUsers(c *scimCall) (int, any, error) {
	conditions, err := c.filter("username", "externalid", "groups.value", "id", "id manager")
	if err != nil {
		return 0, nil, err
	}
	var found []map[string]any
	for _, u := range awssim.InOrder(c.users) {
		if c.userMatches(u, conditions) {
			found = append(found, c.asSCIM(u))
		}
	}
	return c.listing(found)
}

func (c *scimCall) userMatches(u *User, conditions []condition) bool {
	for _, want := range conditions {
		got := false
		switch want.attribute {
		case "username":
			got = strings.EqualFold(u.UserName, want.value)
		case "externalid":
			got = c.external(u.ExternalIDs) == want.value
		case "groups.value":
			got = u.groups[want.value] != nil
		case "id":
			got = u.ID == want.value
		case "manager":
			manager, _ := u.Enterprise["manager"].(map[string]any)
			got = manager["value"] == want.value
		}
		if !got {
			return false
		}
	}
	return true
}

func scimCreateUser(c *scimCall) (int, any, error) {
	u, err := c.fromSCIM(c.body)
	if err != nil {
		return 0, nil, err
	}
	if _, ok := c.body["groups"]; ok {
		return 0, nil, invalid("groups can't be given with a new user.")
	}
	if err := c.addUser(&u); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, c.asSCIM(&u), nil
}

func scimGetUser(c *scimCall) (int, any, error) {
	u, err := c.user(&c.id)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.asSCIM(u), nil
}

func scimPutUser(c *scimCall) (int, any, error) {
	u, err := c.user(&c.id)
	if err != nil {
		return 0, nil, err
	}
	return c.putUser(u, c.body)
}

// putUser overwrites a user with what a document says.
func (c *scimCall) putUser(u *User, body map[string]any) (int, any, error) {
	to, err := c.fromSCIM(body)
	if err != nil {
		return 0, nil, err
	}
	to.ID, to.Created, to.groups = u.ID, u.Created, u.groups
	if err := c.changeUser(u, to); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.asSCIM(u), nil
}

func scimPatchUser(c *scimCall) (int, any, error) {
	u, err := c.user(&c.id)
	if err != nil {
		return 0, nil, err
	}
	operations, err := c.operations()
	if err != nil {
		return 0, nil, err
	}
	doc := c.asSCIM(u)
	for _, op := range operations {
		if err := op.apply(doc); err != nil {
			return 0, nil, err
		}
	}
	return c.putUser(u, doc)
}

func scimDeleteUser(c *scimCall) (int, any, error) {
	u, err := c.user(&c.id)
	if err != nil {
		return 0, nil, err
	}
	c.dropUser(u)
	return http.StatusNoContent, nil, nil
}
