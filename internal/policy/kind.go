package policy

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Kind is what a document is attached to. AWS wants more of a document than the
// common grammar, and something else of each kind.
type Kind string

// The kinds of documents.
const (
	// Identity is an inline policy of a user, group, role or permission set.
	Identity Kind = "identity"
	// Managed is a managed policy, also as a permissions boundary.
	Managed Kind = "managed"
	// Session is a policy that is passed to AssumeRole and the like.
	Session Kind = "session"
	// Trust is a role's trust policy.
	Trust Kind = "trust"
	// ServiceControl and ResourceControl are policies of an organization.
	ServiceControl  Kind = "service-control"
	ResourceControl Kind = "resource-control"
	// Bucket is a bucket policy of S3.
	Bucket Kind = "bucket"
	// Key is a key policy of KMS.
	Key Kind = "key"
	// Function is a policy of a Lambda function, made of permissions.
	Function Kind = "function"
	// Queue is a policy of an SQS queue, Topic one of an SNS topic, Secret one of
	// a secret, and Endpoint one of a VPC endpoint.
	Queue    Kind = "queue"
	Topic    Kind = "topic"
	Secret   Kind = "secret"
	Endpoint Kind = "endpoint"
)

// ParseAs is Parse for a document of a kind, which refuses what AWS refuses there.
// The message of the error is AWS's own, its field says where, and its cause is
// ours where the common grammar is broken.
func ParseAs(kind Kind, data []byte) (*Document, error) {
	doc, err := Parse(data)
	if err != nil {
		return nil, kind.misread(err)
	}
	if err := kind.check(doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// misread gives AWS's message for a document that breaks the common grammar.
func (k Kind) misread(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	own := refuse(f.Field, "%s", k.syntaxMessage(f)).WithCause("%s", f.Message)
	own.Line = f.Line
	return own
}

func (k Kind) syntaxMessage(f *fault.Error) string {
	switch k {
	case Bucket:
		return bucketSyntax(f)
	case ServiceControl, ResourceControl:
		return unfitForOrganizations
	case Queue:
		return unfitForQueues
	case Topic:
		return unfitForTopics
	case Key, Secret:
		return "This resource policy contains a syntax error."
	case Function:
		return "The provided principal was invalid. Please check the principal and try again."
	case Endpoint:
		return "Policy document is invalid."
	default:
		return iamSyntax(f)
	}
}

// iamSyntax is what IAM and STS say of a document that breaks the common grammar.
func iamSyntax(f *fault.Error) string {
	switch {
	case errors.Is(f, badAction):
		return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	case errors.Is(f, lacksAction):
		return "Policy statement must contain actions."
	default:
		return "Syntax errors in policy."
	}
}

// What Organizations, SQS and SNS say whatever is wrong.
const (
	unfitForOrganizations = "The provided policy document does not meet the requirements of the specified policy type."
	unfitForQueues        = "Invalid value for the parameter Policy."
	unfitForTopics        = "Invalid parameter: Policy Error: null"
)

func (k Kind) check(d *Document) error {
	switch k {
	case Identity, Managed, Session:
		return checkIdentity(k, d)
	case Trust:
		return checkTrust(d)
	case ServiceControl:
		return checkServiceControl(d)
	case ResourceControl:
		return checkResourceControl(d)
	case Bucket:
		return checkBucket(d)
	default:
		return checkResource(k, d)
	}
}

// refuse is a document that AWS does not take, in AWS's words.
func refuse(path, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, format, args...).At(path)
}

// at is the path of a statement, or of an element of it.
func (s *Statement) at(element string) string {
	path := "Statement[" + itoa(s.Index) + "]"
	if element == "" {
		return path
	}
	return path + "." + element
}

// checkCommon looks at what IAM wants of all its documents.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func checkCommon(d *Document) error {
	if len(d.Statements) == 0 {
		return refuse("Statement", "Syntax errors in policy.")
	}
	seen := map[string]bool{}
	for _, s := range d.Statements {
		switch {
		case s.Sid != "" && !sidForm.MatchString(s.Sid):
			return refuse(s.at("Sid"), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
		case s.Sid != "" && seen[s.Sid]:
			return refuse(s.at("Sid"), "Statement IDs (SID) in a single policy must be unique.")
		case len(s.Action)+len(s.NotAction) == 0:
			return refuse(s.at("Action"), "Policy statement must contain actions.")
		}
		seen[s.Sid] = true
		if err := checkActions(s); err != nil {
			return err
		}
		if err := checkDates(s); err != nil {
			return err
		}
	}
	return nil
}

var (
	sidForm    = regexp.MustCompile(`^[0-9A-Za-z]+$`)
	vendorForm = regexp.MustCompile(`^[0-9A-Za-z.-]+$`)
)

func checkActions(s *Statement) error {
	for _, a := range slices.Concat(s.Action, s.NotAction) {
		vendor, _, ok := strings.Cut(a, ":")
		switch {
		case a == "*":
		case !ok:
			return refuse(s.at("Action"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
		case strings.Count(a, ":") > 1:
			return refuse(s.at("Action"), "Actions/Condition can contain only one colon.")
		case vendor != "*" && !vendorForm.MatchString(vendor):
			return refuse(s.at("Action"), "Vendor %s is not valid", vendor)
		}
	}
	return nil
}

var dateForm = regexp.MustCompile(`^(\d{1,18}|-?\d{1,9}(-\d\d?){0,2}([Tt][0-9:.]+([Zz]|[+-]\d\d(:?\d\d)?)?)?)$`)

// checkDates looks at the values of date operators.
func checkDates(s *Statement) error {
	for _, c := range s.Conditions {
		for _, v := range c.Values {
			if strings.HasPrefix(c.Base, "Date") && !dateForm.MatchString(v) {
				return refuse(s.at("Condition."+c.Operator+"."+c.Key), "The policy failed legacy parsing")
			}
		}
	}
	return nil
}
