package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
)

// demoAgentProfile is the name of the demo agent's profile.
const demoAgentProfile = `agents:
  helper:
    tools: ["ec2.*", "lambda.*", "audit.list"]
    deny: [lambda.invoke]
    confirm: [write, destroy]
    on_behalf_of: ada
`

// demoAgent runs a scripted conversation of an agent with hawser mcp, over
// standard input and output, in which the person behind the agent answers no.
func demoAgent(ctx context.Context, p *cli.Program, dir string, made *demo.Company) error {
	fmt.Fprintf(p.Streams.Out, "\n# An AI agent works with the same tools, within its profile; a person is asked.\n$ hawser mcp --agent helper\n")
	self, err := os.Executable()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the program cannot find itself").WithCause("%v", err)
	}
	cmd := exec.CommandContext(ctx, self, "mcp", "--agent", "helper")
	cmd.Dir, cmd.Stderr = dir, p.Streams.Err
	cmd.Env = demoEnv(dir)
	client := mcp.NewClient(&mcp.Implementation{Name: "hawser-demo", Version: p.Version}, &mcp.ClientOptions{
		ElicitationHandler: func(_ context.Context, req *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			fmt.Fprintf(p.Streams.Out, "person ?  %s\n", indented(strings.TrimSpace(req.Params.Message)))
			fmt.Fprintln(p.Streams.Out, "person →  no")
			return &mcp.ElicitResult{Action: "decline"}, nil
		},
	})
	session, err := client.Connect(ctx, &mcp.CommandTransport{Command: cmd}, nil)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the demo's agent gets no connection").WithCause("%v", err)
	}
	defer func() { _ = session.Close() }()
	if err := demoTools(ctx, p, session); err != nil {
		return err
	}
	for _, call := range []struct {
		tool      string
		arguments map[string]any
	}{
		{"lambda.get-logs", map[string]any{"function_name": demo.Function, "filter": "ERROR", "limit": 1}},
		{"ec2.start", map[string]any{"instance_ids": []string{made.Instance}}},
	} {
		if err := demoCall(ctx, p, session, call.tool, call.arguments); err != nil {
			return err
		}
	}
	return nil
}

func demoTools(ctx context.Context, p *cli.Program, session *mcp.ClientSession) error {
	list, err := session.ListTools(ctx, nil)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the demo's agent sees no tools").WithCause("%v", err)
	}
	var names []string
	for _, t := range list.Tools {
		names = append(names, t.Name)
	}
	fmt.Fprintf(p.Streams.Out, "agent  →  tools/list\nhawser →  %s\n", strings.Join(names, ", "))
	return nil
}

func demoCall(ctx context.Context, p *cli.Program, session *mcp.ClientSession, name string, arguments map[string]any) error {
	raw, err := json.Marshal(arguments)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the demo's call is not JSON")
	}
	fmt.Fprintf(p.Streams.Out, "agent  →  %s %s\n", name, raw)
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the demo's agent gets no answer").WithCause("%v", err)
	}
	if text, ok := result.Content[0].(*mcp.TextContent); ok {
		fmt.Fprintf(p.Streams.Out, "hawser →  %s\n", indented(text.Text))
	}
	return nil
}

// indented indents the second and later lines of a text.
func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n          ") }
