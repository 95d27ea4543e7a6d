package awserr

import (
	"cmp"

	"github.com/hawser/hawser/internal/fault"
)

// complete gives a meaning the cause and the fix of its kind where the code has none of
// its own, so that no error of AWS's is without them.
func (m meaning) complete(c *CallError) meaning {
	cause, fix := m.usual(c)
	m.cause, m.fix = cmp.Or(m.cause, cause), cmp.Or(m.fix, fix)
	return m
}

// usual returns what is mostly the cause of a kind, and what to do.
func (m meaning) usual(c *CallError) (cause, fix string) {
	switch m.kind {
	case fault.NotFound:
		return "there is nothing of this name" + placeOf(c) + ": it is misspelt, was deleted, or is in another account or region", fixNotFound(c.Service)
	case fault.Conflict:
		return "the present state does not allow the call", "read it again, and call when its state allows it"
	case fault.Unavailable:
		return causeUnavailable, "try again; if it continues, see the AWS Health Dashboard"
	case fault.Throttled:
		return "AWS asked for fewer calls", "try again later, with fewer calls at once"
	case fault.Unsupported:
		return "the service, or what answers at the endpoint, does not offer this", "check endpoint and region; the service may offer it in another region"
	case fault.WrongRegion:
		return "the resource is in another region than the call went to", "give --region, or correct region in the connection"
	case fault.Invalid:
		return "AWS does not take a value of the call", "correct the value that the message names"
	case fault.Endpoint:
		return "something else than the service may have answered", fixEndpoint
	case fault.Internal:
		return "AWS answered with a code that has no meaning here", "report it, with the code"
	}
	return "", ""
}

// causeUnavailable is the cause where the number of attempts is not known.
const causeUnavailable = "AWS could not answer for now"

// placeOf returns where a call went, as far as that is known.
func placeOf(c *CallError) string {
	switch {
	case c.Account != "" && c.Region != "":
		return " in account " + c.Account + " and region " + c.Region
	case c.Region != "":
		return " in region " + c.Region
	}
	return ""
}

// listing returns the command that lists what a service has, by its SDK ID.
func listing(service string) string {
	switch service {
	case "S3":
		return "hawser s3 list"
	case "EC2":
		return "hawser ec2 list"
	case "Lambda":
		return "hawser lambda list"
	case "RDS":
		return "hawser rds list"
	case "CloudWatch Logs":
		return "hawser logs groups"
	case "Secrets Manager":
		return "hawser secretsmanager list"
	}
	return ""
}

// fixNotFound returns the fix for a missing resource, where no better one is known.
func fixNotFound(service string) string {
	const check = "check the name, the account and the region"
	if command := listing(service); command != "" {
		return check + "; look with " + command
	}
	return check
}
