package correlate

import (
	"iter"
	"strings"

	"github.com/hawser/hawser/internal/snapshot"
)

// ReservedRole is the beginning of the names of the roles that Identity Center
// makes: AWSReservedSSO_NAME_ and 16 hexadecimal digits.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
const ReservedRole = "AWSReservedSSO_"

// setOfRole is the permission set's name in such a role's name.
func setOfRole(name string) (set string, ok bool) {
	rest, ok := strings.CutPrefix(name, ReservedRole)
	if !ok || len(rest) < 18 || rest[len(rest)-17] != '_' {
		return "", false
	}
	return rest[:len(rest)-17], true
}

// PermissionSetRoles links account roles to the roles of IAM that they became:
// those of the same account whose name has the permission set's name in it.
func PermissionSetRoles(roles, accountRoles iter.Seq2[snapshot.Seen, error]) (*snapshot.Batch, error) {
	type provisioned struct{ account, set string }
	made := map[provisioned]snapshot.ID{}
	for e, err := range roles {
		if err != nil {
			return nil, err
		}
		if set, ok := setOfRole(e.Name); ok {
			made[provisioned{e.Account, set}] = e.ID
		}
	}
	b := &snapshot.Batch{}
	for e, err := range accountRoles {
		if err != nil {
			return nil, err
		}
		if role, ok := made[provisioned{e.Account, e.Name}]; ok {
			b.Link(e.ID, snapshot.Became, role, nil)
		}
	}
	return b, nil
}
