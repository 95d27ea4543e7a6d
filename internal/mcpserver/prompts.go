package mcpserver

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/fault"
)

// prompt is a prompt that the server offers. In its text, {name} is replaced by
// the value of an argument.
type prompt struct {
	name, title, description, text string
	needs                          []string // the tools that the prompt uses
	arguments                      []argument
}

// argument is an argument of a prompt; complete says which live values complete
// it, as for a tool's field.
type argument struct {
	name, description, complete string
	required                    bool
}

func prompts() []prompt {
	return []prompt{
		{
			name: "function-failing", title: "Why is this function failing?",
			description: "Finds out from metrics, logs and configuration why a Lambda function fails.",
			needs:       []string{"lambda.get", "lambda.get-logs", "cloudwatch.get-metrics"},
			arguments: []argument{
				{"function_name", "the function's name or ARN", "lambda.function", true},
				{"since", "how far to look back, such as 1h (the default) or 2d", "", false},
			},
			text: `Find out why the Lambda function {function_name} is failing.

1. lambda.get: its state, runtime, memory, timeout, last update.
2. cloudwatch.get-metrics on AWS/Lambda with dimension FunctionName: Errors, Throttles, Duration (p99 and Maximum) and Invocations since {since}. When did it begin?
3. lambda.get-logs since {since} with the filter "?ERROR ?Error ?Exception ?Task" and then around the first failure. Compare Duration with the timeout and memory used with memory_mib.
4. Say what fails, since when, how often, the likely cause with the log lines that show it, and what to change. Say also what you could not read.

Change nothing.`,
		},
		{
			name: "repository-resources", title: "What runs of this repository?",
			description: "Lists what in AWS belongs to a repository, by tags and names.",
			needs:       []string{"lambda.list", "ec2.list"},
			arguments: []argument{
				{"repository", "the repository, such as acme/checkout", "", true},
			},
			text: `List what runs in AWS of the repository {repository}.

Look at lambda.list, ec2.list and rds.list with all_regions, and s3.list, for tags such as repository, repo, service or Name that hold "{repository}" or its last part, and for names that do. Give a table of resource, region, state and the tag or name by which it belongs, most certain first. Name the regions and accounts that could not be read: what was not read is not absent. Change nothing.`,
		},
		{
			name: "stuck-instance", title: "Free a stuck instance",
			description: "Examines an EC2 instance that does not answer, and restarts it if the person agrees.",
			needs:       []string{"ec2.describe", "ec2.stop", "ec2.start"},
			arguments: []argument{
				{"instance_id", "the instance", "ec2.instance", true},
			},
			text: `The EC2 instance {instance_id} seems stuck.

1. ec2.describe: state, status checks, scheduled events, volumes. cloudwatch.get-metrics on AWS/EC2 with dimension InstanceId: CPUUtilization and StatusCheckFailed of the last three hours.
2. Say what is wrong: the system check failing is AWS's host, the instance check is the system within.
3. Only if a restart would help, say what it costs (instance store is lost, a public address without an Elastic IP changes) and ask before ec2.stop with wait, then ec2.start with wait. Use force only if a plain stop did not work and I agreed.
4. Look again, and tell how it is.`,
		},
		{
			name: "explain-denied", title: "Explain this AccessDenied",
			description: "Explains why AWS denied a call, and what would allow it.",
			needs:       []string{"connections.check"},
			arguments: []argument{
				{"error", "the message, as AWS gave it", "", true},
			},
			text: `AWS denied a call with this message:

{error}

1. Read out of it: who (principal), which action, on which resource, and which kind of policy denied (identity-based, resource-based, permissions boundary, session, service control, resource control).
2. connections.check: is that the identity I think I am?
3. Explain in plain words why it was denied. An explicit deny can't be allowed by another statement; "no ... policy allows" wants one statement more.
4. Give the smallest policy statement that would allow it, and who has to add it where. Change nothing.`,
		},
	}
}

// addPrompts offers the prompts whose tools are all allowed by the guard.
func (s *Server) addPrompts(n *state, known []string) {
	for _, p := range prompts() {
		if !n.can(p) || slices.Contains(known, p.name) {
			continue
		}
		offered := &mcp.Prompt{Name: p.name, Title: p.title, Description: p.description, Icons: []mcp.Icon{icon()}}
		for _, a := range p.arguments {
			offered.Arguments = append(offered.Arguments, &mcp.PromptArgument{Name: a.name, Description: a.description, Required: a.required})
		}
		s.mcp.AddPrompt(offered, func(_ context.Context, req *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			text, err := p.fill(req.Params.Arguments)
			if err != nil {
				return nil, invalidParams(err)
			}
			return &mcp.GetPromptResult{Description: p.description, Messages: []*mcp.PromptMessage{
				{Role: "user", Content: &mcp.TextContent{Text: text}},
			}}, nil
		})
	}
}

// prompts returns the names of the prompts that the state offers.
func (n *state) prompts() []string {
	var names []string
	for _, p := range prompts() {
		if n.can(p) {
			names = append(names, p.name)
		}
	}
	return names
}

func (n *state) can(p prompt) bool {
	return !slices.ContainsFunc(p.needs, func(name string) bool { return !n.has(name) })
}

// fill replaces the arguments in the text.
func (p prompt) fill(given map[string]string) (string, error) {
	defaults := map[string]string{"since": "1h"}
	var pairs []string
	for _, a := range p.arguments {
		value := given[a.name]
		if value == "" {
			value = defaults[a.name]
		}
		if value == "" && a.required {
			return "", fault.New(fault.Invalid, "the argument %s is missing: %s", a.name, a.description).At(a.name)
		}
		pairs = append(pairs, "{"+a.name+"}", visible(value))
	}
	return strings.NewReplacer(pairs...).Replace(p.text), nil
}

func (p prompt) argument(name string) (argument, error) {
	for _, a := range p.arguments {
		if a.name == name {
			return a, nil
		}
	}
	return argument{}, fmt.Errorf("the prompt %s has no argument %q", p.name, name)
}
