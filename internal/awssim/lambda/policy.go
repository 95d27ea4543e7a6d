package lambda

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/policy"
)

// functionPolicy is a function's resource policy: a statement for each
// permission, with the revision of the whole.
type functionPolicy struct {
	statements []permission
	revision   string
}

// permission is one statement, as AddPermission makes it.
type permission struct {
	Sid       string
	Effect    string
	Principal any
	Action    string
	Resource  string
	Condition map[string]map[string]string `json:",omitempty"`

	trustee awssim.Trustee // of a permission for a user or a role
}

// named gives the statement with what its user or role is called now.
func (p permission) named() permission {
	if _, ok := p.Principal.(trusted); ok {
		p.Principal = trusted{p.trustee.Name()}
	}
	return p
}

// when adds a condition; an empty value adds none.
func (p *permission) when(operator, key, value string) {
	if value == "" {
		return
	}
	if p.Condition[operator] == nil {
		p.Condition[operator] = map[string]string{}
	}
	p.Condition[operator][key] = value
}

// trusted is a principal that is a user, a role or an account.
type trusted struct{ AWS string }

// document gives the statements on a version or alias, "" being the function
// itself, as JSON; "" where there are none.
func (p functionPolicy) document(id functionID) string {
	var on []permission
	for _, s := range p.statements {
		if s.Resource == id.qualified() {
			on = append(on, s.named())
		}
	}
	if len(on) == 0 {
		return ""
	}
	text, err := json.Marshal(struct {
		Version   string
		ID        string `json:"Id"`
		Statement []permission
	}{"2012-10-17", "default", on})
	if err != nil {
		return "" // strings and maps of strings always marshal
	}
	return string(text)
}

// parsed is the policy on a version or alias, "" being the function itself; nil for none.
func (p functionPolicy) parsed(id functionID) *policy.Document {
	text := p.document(id)
	if text == "" {
		return nil
	}
	document, err := policy.Parse([]byte(text))
	if err != nil {
		return nil // addPermission lets no such policy in
	}
	return document
}

// has refuses a version or alias that the function does not have.
func (fn *function) has(id functionID) error {
	if _, err := fn.at(id); err == nil || id.qualifier == "" || allDigits.MatchString(id.qualifier) {
		return err
	}
	_, err := fn.alias(id, &id.qualifier)
	return err
}

// addPermission follows
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func addPermission(c *awssim.Call, fn *function, id functionID, in *lambda.AddPermissionInput) (*lambda.AddPermissionOutput, error) {
	if id.qualifier == latestVersion {
		return nil, fail("InvalidParameterValueException", "We currently do not support adding policies for $LATEST.")
	}
	if err := fn.has(id); err != nil {
		return nil, err
	}
	if err := sameRevision(in.RevisionId, &fn.policy.revision); err != nil {
		return nil, err
	}
	if err := checkAction(c, in); err != nil {
		return nil, err
	}
	s := newPermission(c.World, id, in)
	if slices.ContainsFunc(fn.policy.statements, func(p permission) bool { return p.Sid == s.Sid && p.Resource == s.Resource }) {
		return nil, fail("ResourceConflictException",
			"The statement id (%s) provided already exists. Please provide a new statement id, or remove the existing statement.", s.Sid)
	}
	more := functionPolicy{append(slices.Clone(fn.policy.statements), s), uuid.NewString()}
	if err := more.checkLength(id); err != nil {
		return nil, err
	}
	if err := more.checkPrincipals(c.World, id); err != nil {
		return nil, err
	}
	fn.policy = more
	text, err := json.Marshal(s.named())
	return &lambda.AddPermissionOutput{Statement: aws.String(string(text))}, err
}

// checkAction refuses an action that Lambda does not have, and conditions that are not of
// the action.
func checkAction(c *awssim.Call, in *lambda.AddPermissionInput) error {
	action := aws.ToString(in.Action)
	switch {
	case !isAction(c, action):
		return fail("InvalidParameterValueException", "The provided action was invalid. Please check the action and try again.")
	case in.FunctionUrlAuthType != "" && action != "lambda:InvokeFunctionUrl":
		return fail("InvalidParameterValueException", "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action")
	case aws.ToBool(in.InvokedViaFunctionUrl) && action != "lambda:InvokeFunction":
		return fail("InvalidParameterValueException", "InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action")
	}
	return nil
}

// isAction reports whether Lambda has an action. Most are called as its operations are.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
func isAction(c *awssim.Call, action string) bool {
	name, _ := strings.CutPrefix(action, "lambda:")
	if name == "*" || slices.Contains([]string{"InvokeFunction", "InvokeFunctionUrl", "EnableReplication", "DisableReplication"}, name) {
		return true
	}
	return c.Service.HasOperation(name) && !slices.Contains([]string{"Invoke", "InvokeWithResponseStream", "GetLayerVersionByArn"}, name)
}

// maxPolicy is how many bytes the policy of a function, version or alias may have.
const maxPolicy = 20 << 10

// checkLength refuses a policy on a version or alias that is too long.
//
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
func (p functionPolicy) checkLength(id functionID) error {
	if n := len(p.document(id)); n > maxPolicy {
		return fail("PolicyLengthExceededException", "The final policy size (%d) is bigger than the limit (%d).", n, maxPolicy)
	}
	return nil
}

// checkPrincipals refuses a policy on a version or alias that names whom there is not. Those
// of earlier permissions count as well, such as a role that was deleted.
//
// https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1189
func (p functionPolicy) checkPrincipals(w *awssim.World, id functionID) error {
	doc, err := policy.ParseAs(policy.Function, []byte(p.document(id)))
	if err == nil && !slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool { return namesNobody(w, s.Principal) }) {
		return nil
	}
	return fail("InvalidParameterValueException", "The provided principal was invalid. Please check the principal and try again.")
}

// namesNobody reports whether a Principal element names a user or role that does not exist,
// or what no service is called.
func namesNobody(w *awssim.World, p *policy.Principals) bool {
	return slices.ContainsFunc(p.AWS, func(name string) bool { return !w.HasPrincipal(name) }) ||
		slices.ContainsFunc(p.Service, func(name string) bool { return !awssim.IsServicePrincipal(name) })
}

// newPermission has a condition for each member of the input that narrows the permission.
// The keys are those that GetPolicy shows.
//
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
func newPermission(w *awssim.World, id functionID, in *lambda.AddPermissionInput) permission {
	s := permission{
		Sid: aws.ToString(in.StatementId), Effect: "Allow", Action: aws.ToString(in.Action), Resource: id.qualified(),
		Condition: map[string]map[string]string{},
	}
	switch who := aws.ToString(in.Principal); {
	case who == "*":
		s.Principal = "*"
	case strings.Contains(who, ".") && !strings.HasPrefix(who, "arn:"):
		s.Principal = map[string]string{"Service": who}
	case len(who) == 12 && allDigits.MatchString(who):
		s.Principal, s.trustee = trusted{}, w.Trustee("arn:"+id.partition+":iam::"+who+":root")
	default:
		s.Principal, s.trustee = trusted{}, w.Trustee(who)
	}
	s.when("StringEquals", "AWS:SourceAccount", aws.ToString(in.SourceAccount))
	s.when("ArnLike", "AWS:SourceArn", aws.ToString(in.SourceArn))
	s.when("StringEquals", "aws:PrincipalOrgID", aws.ToString(in.PrincipalOrgID))
	s.when("StringEquals", "lambda:EventSourceToken", aws.ToString(in.EventSourceToken))
	s.when("StringEquals", "lambda:FunctionUrlAuthType", string(in.FunctionUrlAuthType))
	if aws.ToBool(in.InvokedViaFunctionUrl) {
		s.when("Bool", "lambda:InvokedViaFunctionUrl", "true")
	}
	return s
}

func removePermission(_ *awssim.Call, fn *function, id functionID, in *lambda.RemovePermissionInput) (*lambda.RemovePermissionOutput, error) {
	if err := fn.has(id); err != nil {
		return nil, err
	}
	if err := sameRevision(in.RevisionId, &fn.policy.revision); err != nil {
		return nil, err
	}
	if fn.policy.document(id) == "" {
		return nil, fail("ResourceNotFoundException", "No policy is associated with the given resource.")
	}
	left := slices.DeleteFunc(slices.Clone(fn.policy.statements), func(p permission) bool {
		return p.Sid == aws.ToString(in.StatementId) && p.Resource == id.qualified()
	})
	if len(left) == len(fn.policy.statements) {
		return nil, fail("ResourceNotFoundException", "Statement %s is not found in resource policy.", aws.ToString(in.StatementId))
	}
	fn.policy = functionPolicy{left, uuid.NewString()}
	return &lambda.RemovePermissionOutput{}, nil
}

func getLambdaPolicy(_ *awssim.Call, fn *function, id functionID, _ *lambda.GetPolicyInput) (*lambda.GetPolicyOutput, error) {
	if err := fn.has(id); err != nil {
		return nil, err
	}
	text := fn.policy.document(id)
	if text == "" {
		return nil, fail("ResourceNotFoundException", "The resource you requested does not exist.")
	}
	return &lambda.GetPolicyOutput{Policy: &text, RevisionId: aws.String(fn.policy.revision)}, nil
}
