package lambda

import (
	"net/http"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// servicePrincipal is who assumes the role of a function.
const servicePrincipal = "lambda.amazonaws.com"

// checkRole refuses a role that Lambda can't assume for a function; nil is none.
//
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func checkRole(c *awssim.Call, id functionID, role *string) error {
	if role == nil {
		return nil
	}
	if a, _ := arn.Parse(*role); a.Account != id.account {
		return &awssim.Error{Code: "AccessDeniedException", Message: "Cross-account pass role is not allowed.", Status: http.StatusForbidden}
	}
	if !c.AssumableBy(servicePrincipal, *role, id.arn()) {
		return fail("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
	}
	return nil
}
