package s3

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// logsOfCloudFront is the canonical user that writes the logs of CloudFront.
//
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
const logsOfCloudFront = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"

// grantsOf is what a request asks for: a list, headers, or a canned ACL. A bucket that
// blocks public ACLs refuses them.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
func grantsOf(c *awssim.Call, list *types.AccessControlPolicy, owner string, b *s3store.Bucket) ([]s3store.Grant, error) {
	grants, err := readGrants(c, list, owner, b)
	if err == nil && blocked(b, grants) {
		return nil, &awssim.Error{Code: "AccessDenied", Message: "Access Denied", Status: http.StatusForbidden}
	}
	return grants, err
}

// readGrants is what a request asks for: a list, headers, or a canned ACL, one of them.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
func readGrants(c *awssim.Call, list *types.AccessControlPolicy, owner string, b *s3store.Bucket) ([]s3store.Grant, error) {
	canned, granted := c.Request.Header.Get("X-Amz-Acl"), grantHeaders(c.Request.Header)
	switch {
	case canned != "" && len(granted) > 0:
		return nil, invalid("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed")
	case list != nil && (canned != "" || len(granted) > 0):
		return nil, invalid("UnexpectedContent", "This request does not support content")
	case list != nil:
		return listedGrants(c, list)
	case len(granted) > 0:
		return granted, checkGrantees(c, granted, "id", "uri")
	}
	return cannedGrants(canned, owner, b)
}

func listedGrants(c *awssim.Call, list *types.AccessControlPolicy) ([]s3store.Grant, error) {
	grants := make([]s3store.Grant, 0, len(list.Grants))
	for _, g := range list.Grants {
		if g.Grantee == nil || g.Permission == "" {
			return nil, invalid("MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema")
		}
		name := aws.ToString(g.Grantee.ID) + aws.ToString(g.Grantee.URI) + aws.ToString(g.Grantee.EmailAddress)
		grants = append(grants, s3store.Grant{Kind: string(g.Grantee.Type), Name: name, Permission: string(g.Permission)})
	}
	return grants, checkGrantees(c, grants, "CanonicalUser/ID", "Group/URI")
}

// checkGrantees refuses grants to canonical users and groups that there are not, and all by
// e-mail address, which S3 ended on October 1, 2025. The names are those of the arguments that
// give them.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
func checkGrantees(c *awssim.Call, grants []s3store.Grant, idName, groupName string) error {
	for _, g := range grants {
		switch types.Type(g.Kind) {
		case types.TypeCanonicalUser:
			if !isCanonicalUser(c, g.Name) {
				return argument(idName, g.Name, "Invalid id")
			}
		case types.TypeGroup:
			if !slices.Contains([]string{allUsers, authUsers, logDelivery}, g.Name) {
				return argument(groupName, g.Name, "Invalid group uri")
			}
		case types.TypeAmazonCustomerByEmail:
			return fail("MethodNotAllowed")
		}
	}
	return nil
}

func isCanonicalUser(c *awssim.Call, id string) bool {
	return id == logsOfCloudFront || slices.ContainsFunc(c.World.Accounts(), func(a *awssim.Account) bool { return ownerID(a.ID) == id })
}

// grantHeaders reads the x-amz-grant-* headers: `id="...", uri="..."`.
func grantHeaders(h http.Header) []s3store.Grant {
	var grants []s3store.Grant
	for _, permission := range types.Permission("").Values() {
		name := "X-Amz-Grant-" + strings.ReplaceAll(string(permission), "_", "-")
		for part := range strings.SplitSeq(h.Get(name), ",") {
			kind, value, ok := strings.Cut(strings.TrimSpace(part), "=")
			if ok {
				grants = append(grants, s3store.Grant{Kind: granteeKind(kind), Name: strings.Trim(value, `"`), Permission: string(permission)})
			}
		}
	}
	return grants
}

func granteeKind(parameter string) string {
	switch strings.ToLower(parameter) {
	case "uri":
		return string(types.TypeGroup)
	case "emailaddress":
		return string(types.TypeAmazonCustomerByEmail)
	}
	return string(types.TypeCanonicalUser)
}
