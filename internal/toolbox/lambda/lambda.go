// Package lambda holds the tools of AWS Lambda.
package lambda

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// box makes the tools.
type box struct {
	*kit.Kit
}

// Tools lists the tools.
func Tools(k *kit.Kit) []*tool.Tool {
	b := &box{Kit: k}
	return []*tool.Tool{b.listTool(), b.getTool(), b.invokeTool(), b.logsTool()}
}

// functionResource is the resource that the tools' actions are needed on.
const functionResource = "arn:{partition}:lambda:{region}:{account}:function:{function_name}"

func client(s *awsapi.Session) *lambda.Client {
	return awsapi.Client(s, lambda.NewFromConfig)
}

// function is a function as listings and lambda.get show it.
type function struct {
	Name          string            `json:"function_name" column:"FUNCTION"`
	Runtime       string            `json:"runtime,omitempty" column:"RUNTIME" jsonschema:"absent for a container image"`
	Package       string            `json:"package_type,omitempty" jsonschema:"Zip or Image"`
	MemoryMiB     int32             `json:"memory_mib,omitempty" column:"MEMORY" room:"first"`
	Timeout       int32             `json:"timeout_seconds,omitempty" column:"TIMEOUT" room:"first"`
	Modified      *time.Time        `json:"modified,omitempty" column:"MODIFIED" room:"last"`
	Handler       string            `json:"handler,omitempty"`
	Description   string            `json:"description,omitempty"`
	Architectures []string          `json:"architectures,omitempty"`
	CodeBytes     int64             `json:"code_bytes,omitempty"`
	Role          string            `json:"role,omitempty" jsonschema:"ARN of the role that it acts as"`
	ARN           string            `json:"arn"`
	State         string            `json:"state,omitempty" jsonschema:"absent in listings, as Lambda leaves it out there"`
	LogGroup      string            `json:"log_group,omitempty"`
	Account       string            `json:"account"`
	Region        string            `json:"region"`
	Place         string            `json:"-" column:"WHERE" room:"first"`
	Tags          map[string]string `json:"tags,omitempty" jsonschema:"read by lambda.get, and by lambda.list if it filters by them"`
}

func functionOf(s *awsapi.Session, c types.FunctionConfiguration) function {
	f := function{
		Name: aws.ToString(c.FunctionName), Runtime: string(c.Runtime), Package: string(c.PackageType), MemoryMiB: aws.ToInt32(c.MemorySize),
		Timeout: aws.ToInt32(c.Timeout), Handler: aws.ToString(c.Handler), Description: aws.ToString(c.Description), CodeBytes: c.CodeSize,
		Role: aws.ToString(c.Role), ARN: aws.ToString(c.FunctionArn), State: string(c.State), Account: s.Account, Region: s.Region,
		LogGroup: logGroupOf(c),
	}
	for _, a := range c.Architectures {
		f.Architectures = append(f.Architectures, string(a))
	}
	if at, err := time.Parse("2006-01-02T15:04:05.000-0700", aws.ToString(c.LastModified)); err == nil {
		at = at.UTC()
		f.Modified = &at
	}
	return f
}

// logGroupOf is where the function logs to: the group it was given, else the
// one that Lambda makes under its name.
func logGroupOf(c types.FunctionConfiguration) string {
	if c.LoggingConfig != nil && aws.ToString(c.LoggingConfig.LogGroup) != "" {
		return *c.LoggingConfig.LogGroup
	}
	return "/aws/lambda/" + aws.ToString(c.FunctionName)
}
