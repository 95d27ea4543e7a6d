package awssim

import (
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim/awsmanaged"
	"github.com/hawser/hawser/internal/policy"
)

// ManageRoots lets f tell whether an account may take the root user's part in
// another one: for the constructor of the service that knows organizations.
func (w *World) ManageRoots(f func(caller, member *Account) bool) { w.managesRoot = f }

// assumeRoot follows
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
func assumeRoot(c *Call, in *sts.AssumeRootInput) (*sts.AssumeRootOutput, error) {
	d := 15 * time.Minute
	if in.DurationSeconds != nil && *in.DurationSeconds != 0 {
		d = time.Duration(*in.DurationSeconds) * time.Second
	}
	var task string
	if in.TaskPolicyArn != nil {
		task = aws.ToString(in.TaskPolicyArn.Arn)
	}
	doc, err := taskPolicy(c.Account.Partition, task)
	if err != nil {
		return nil, err
	}
	member := c.World.Account(rootOf(aws.ToString(in.TargetPrincipal)))
	if c.Principal.Type == reference.Root || member == nil || c.World.managesRoot == nil || !c.World.managesRoot(c.Account, member) {
		return nil, &Error{
			Code: "AccessDenied", Status: http.StatusForbidden,
			Message: "User: " + c.Principal.ARN + " is not authorized to perform: sts:AssumeRoot on resource: " + rootARN(c, in.TargetPrincipal),
		}
	}
	p := member.root()
	p.SessionPolicy, p.SourceIdentity = doc, c.Principal.SourceIdentity
	out := &sts.AssumeRootOutput{Credentials: stsCredentials(c.World.issue(p, d))}
	if p.SourceIdentity != "" {
		out.SourceIdentity = aws.String(p.SourceIdentity)
	}
	return out, nil
}

// rootOf is the account that a target names: by its id, or by its root user's ARN.
func rootOf(target string) string {
	if name, ok := arn.Parse(target); ok && name.Service == "iam" && name.Resource == "root" {
		return name.Account
	}
	return target
}

func rootARN(c *Call, target *string) string {
	return arn.ARN{Partition: c.Account.Partition, Service: "iam", Account: rootOf(aws.ToString(target)), Resource: "root"}.String()
}

// taskPolicy is what a session of a member's root user may do: all that AWS's policy
// for the task, which has only denials, does not deny.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html
func taskPolicy(partition, text string) (*policy.Document, error) {
	name, ok := strings.CutPrefix(text, "arn:"+partition+":iam::aws:policy/")
	known, found := awsmanaged.Find(name)
	if !ok || !found || !strings.HasPrefix(name, "root-task/") {
		return nil, Errorf("ValidationError", "Value '%s' at 'taskPolicyArn' is not the ARN of a policy for root tasks.", text)
	}
	denials, err := policy.Parse([]byte(documentIn(partition, known)))
	if err != nil {
		return nil, err
	}
	all := []string{"*"}
	everything := &policy.Statement{Effect: policy.Allow, Action: all, Resource: all}
	return &policy.Document{Version: denials.Version, Statements: append([]*policy.Statement{everything}, denials.Statements...)}, nil
}
