package awssim

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim/awsmanaged"
	"github.com/hawser/hawser/internal/policy"
)

// servicesIn returns the namespaces of the services that policies allow something of,
// sorted. A policy that allows all services allows those that AWS's managed policies
// name.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
func (c *Call) servicesIn(docs []*policy.Document) []string {
	known := map[string]bool{}
	for _, name := range awsmanaged.Services() {
		known[name] = true
	}
	for _, s := range c.World.services {
		known[s.Prefix] = true
	}
	for _, d := range docs {
		for _, st := range d.Statements {
			for _, action := range st.Action {
				if name, _, ok := strings.Cut(action, ":"); ok && !strings.ContainsAny(name, "*?") {
					known[strings.ToLower(name)] = true
				}
			}
		}
	}
	return Only(slices.Sorted(maps.Keys(known)), func(name string) bool { return reaches(docs, name) })
}

// reaches reports whether policies allow any action of a service. Statements that
// deny count where they deny the whole service everywhere.
func reaches(docs []*policy.Document, service string) bool {
	allowed := false
	for _, d := range docs {
		for _, st := range d.Statements {
			switch {
			case st.Effect == policy.Deny:
				if len(st.Conditions) == 0 && slices.Contains(st.Resource, "*") && coversAll(st, service) {
					return false
				}
			case st.NotAction != nil:
				allowed = allowed || !slices.ContainsFunc(st.NotAction, func(a string) bool { return isWhole(a, service) })
			default:
				allowed = allowed || slices.ContainsFunc(st.Action, func(a string) bool { return touches(a, service) })
			}
		}
	}
	return allowed
}

// coversAll reports whether a statement is about every action of a service.
func coversAll(st *policy.Statement, service string) bool {
	if st.NotAction != nil {
		return !slices.ContainsFunc(st.NotAction, func(a string) bool { return touches(a, service) })
	}
	return slices.ContainsFunc(st.Action, func(a string) bool { return isWhole(a, service) })
}

// touches reports whether a pattern of actions matches any action of a service.
func touches(pattern, service string) bool {
	vendor, _, _ := strings.Cut(pattern, ":")
	return strings.Trim(pattern, "*") == "" || matchesAction(vendor+":x", service+":x")
}

// isWhole reports whether a pattern of actions matches every action of a service.
func isWhole(pattern, service string) bool {
	_, name, _ := strings.Cut(pattern, ":")
	return strings.Trim(pattern, "*") == "" || strings.Trim(name, "*") == "" && touches(pattern, service)
}

func matchesAction(pattern, action string) bool {
	return reference.MatchesAction(&policy.Statement{Action: []string{pattern}}, action)
}

// allows reports whether a statement allows an action on anything.
func allows(docs []*policy.Document, action string) bool {
	return slices.ContainsFunc(docs, func(d *policy.Document) bool {
		return slices.ContainsFunc(d.Statements, func(st *policy.Statement) bool {
			return st.Effect == policy.Allow && reference.MatchesAction(st, action)
		})
	})
}

// trackedActions returns the actions of a service whose use is noted: those of its
// operations that are management events.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-action-last-accessed.html
func (w *World) trackedActions(namespace string) []string {
	names := map[string]bool{}
	for _, s := range w.services {
		for operation := range s.Handlers {
			switch {
			case s.Prefix != namespace || IsData(s.Model, operation):
			case s.Action != nil:
				names[s.Action(operation)] = true
			default:
				names[operation] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// serviceName is a service's name in reports; that of a service which is not simulated
// is its namespace.
func serviceName(namespace string) string {
	return cmp.Or(map[string]string{
		"cloudtrail": "AWS CloudTrail", "cloudwatch": "Amazon CloudWatch", "ec2": "Amazon EC2", "iam": "AWS Identity and Access Management",
		"identitystore": "AWS Identity Store", "lambda": "AWS Lambda", "logs": "Amazon CloudWatch Logs", "organizations": "AWS Organizations",
		"rds": "Amazon RDS", "rds-data": "Amazon RDS Data API", "s3": "Amazon S3", "secretsmanager": "AWS Secrets Manager",
		"sso": "AWS IAM Identity Center", "sts": "AWS Security Token Service",
	}[namespace], namespace)
}
