package awssim

import "strings"

// reservedPath is what begins the path of the roles that Identity Center makes.
const reservedPath = "/aws-reserved/"

// refuseServicePaths makes a handler refuse the paths that only services give: what is below
// them is not limited by the policies of an organization, or can't be changed. AWS
// documents that for roles; here it holds for all that has a path.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func refuseServicePaths(h Handler) Handler {
	run := h.run
	h.run = func(c *Call, in any) (any, error) {
		for _, name := range []string{"Path", "NewPath"} {
			if err := checkPath(Member(in, name)); err != nil {
				return nil, err
			}
		}
		return run(c, in)
	}
	return h
}

func checkPath(path string) error {
	switch {
	case strings.HasPrefix(path, linkedPath):
		return Errorf("InvalidInput", "Path prefix '%s' can only be used for AWS Service linked Roles", linkedPath)
	case strings.HasPrefix(path, reservedPath):
		return Errorf("InvalidInput", "Path prefix '%s' can only be used by AWS services", reservedPath)
	}
	return nil
}
