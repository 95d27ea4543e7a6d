package s3

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/policy"
)

// checkPolicy refuses a well formed bucket policy for what only the bucket tells: its
// resources must be the bucket and its objects, its actions must be for one of them,
// and the users and roles that it names must exist.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
// https://repost.aws/knowledge-center/s3-bucket-policy-for-config-rule
func checkPolicy(c *awssim.Call, bucket string, doc *policy.Document) error {
	refused := func(text, detail string) error { return invalid("MalformedPolicy", text).With("Detail", detail) }
	for _, st := range doc.Statements {
		for _, r := range slices.Concat(st.Resource, st.NotResource) {
			if !ofBucket(r, bucketARN(c, bucket)) {
				return refused("Policy has invalid resource", r)
			}
		}
		for _, action := range st.Action {
			if !applies(action, st.Resource) {
				return refused("Action does not apply to any resource(s) in statement", action)
			}
		}
		for _, p := range []*policy.Principals{st.Principal, st.NotPrincipal} {
			if p == nil {
				continue
			}
			for _, name := range p.AWS {
				if !c.World.HasPrincipal(name) {
					return refused("Invalid principal in policy", `"AWS" : "`+name+`"`)
				}
			}
		}
	}
	return nil
}

// ofBucket reports whether a resource is the bucket, or objects in it.
func ofBucket(resource, bucket string) bool {
	rest, ok := strings.CutPrefix(resource, bucket)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '*') || resource == "*"
}

// applies reports whether an action is for one of the resources: one on objects needs a
// resource that has a key. Actions with wildcards are for anything.
func applies(action string, resources []string) bool {
	name := strings.ToLower(action)
	if strings.ContainsAny(name, "*?") || len(resources) == 0 {
		return true
	}
	onObjects := strings.Contains(name, "object") && !strings.Contains(name, "bucket") || strings.Contains(name, "multipartupload") && !strings.Contains(name, "bucket")
	return slices.ContainsFunc(resources, func(r string) bool {
		at := strings.LastIndexByte(r, ':') + 1
		_, _, hasKey := strings.Cut(r[at:], "/")
		return hasKey == onObjects || strings.HasSuffix(r, "*") && !strings.Contains(r[at:], "/")
	})
}
