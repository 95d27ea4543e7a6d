package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config/configtest"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/web"
)

// emptyInput is a call with an empty value that once counted as left out.
type emptyInput struct {
	tool  string
	words []string // the command line
	input string   // the same for the other doors
	field string
}

func emptyInputs() []emptyInput {
	return []emptyInput{
		{"audit.verify", []string{"audit", "verify", "--head", ""}, `{"head":""}`, "head"},
		{"s3.delete", []string{"s3", "delete", "b-b", "k", "--version-id", ""}, `{"bucket":"b-b","key":"k","version_id":""}`, "version_id"},
		{"s3.delete", []string{"s3", "delete", "b-b", "k", "--version-id", " "}, `{"bucket":"b-b","key":"k","version_id":" "}`, "version_id"},
		{"s3.get", []string{"s3", "get", "b-b", "k", "--range", ""}, `{"bucket":"b-b","key":"k","range":""}`, "range"},
		{"s3.list", []string{"s3", "list", ""}, `{"bucket":""}`, "bucket"},
		{"s3.cp", []string{"s3", "cp", "s3://a-a/", "s3://b-b/", "--include", ""}, `{"from":"s3://a-a/","to":"s3://b-b/","include":[""]}`, "include"},
		{"s3.cp", []string{"s3", "cp", "s3://a-a/", "s3://b-b/", "--include", "", "--include", "x"}, `{"from":"s3://a-a/","to":"s3://b-b/","include":["","x"]}`, "include"},
		{"s3.put", []string{"s3", "put", "b-b", "k", "--body", "x", "--kms-key", ""}, `{"bucket":"b-b","key":"k","body":"x","kms_key":""}`, "kms_key"},
		{"s3.list", []string{"s3", "list", "--connection", ""}, `{"connection":""}`, "connection"},
		{"s3.list", []string{"s3", "list", "--account", ""}, `{"account":""}`, "account"},
		{"s3.list", []string{"s3", "list", "--region", ""}, `{"region":""}`, "region"},
		{"s3.list", []string{"s3", "list", "--cursor", ""}, `{"cursor":""}`, "cursor"},
		{"ec2.list", []string{"ec2", "list", "--instance-ids", ""}, `{"instance_ids":[]}`, "instance_ids"},
		{"rds.list", []string{"rds", "list", "--engine", ""}, `{"engine":""}`, "engine"},
		{"sync.run", []string{"sync", "--connection", ""}, `{"connection":""}`, "connection"},
	}
}

// TestEmptyInputsAreRefused at every door: what is given and empty is never taken as if
// it was left out.
func TestEmptyInputsAreRefused(t *testing.T) {
	home := configtest.New(t)
	p := cli.New(cli.Streams{Err: io.Discard}, home.Env(), "")
	agents, err := p.App.Agents(agentOptions(p, mcpFlags{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = agents.Close() })
	overMCP := httptest.NewServer(agents.Main().Handler(mcpserver.HTTPOptions{}))
	t.Cleanup(overMCP.Close)
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).
		Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: overMCP.URL + mcpserver.Path, MaxRetries: -1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	registry, err := p.App.Registry()
	if err != nil {
		t.Fatal(err)
	}
	overHTTP := httptest.NewServer(web.New(registry, web.Options{}).Handler())
	t.Cleanup(overHTTP.Close)

	for _, tt := range emptyInputs() {
		advice := "leave " + tt.field + " out, or give it a value"
		if strings.Contains(tt.input, `["",`) {
			advice = "take it out of " + tt.field
		}
		var out strings.Builder
		exit := run(t, home.Env(), "", &out, tt.words...)
		flag := "--" + cli.FlagName(tt.field)
		if exit != 1 || !strings.Contains(out.String(), flag) || !strings.Contains(out.String(), "must not be ") || !strings.Contains(out.String(), strings.ReplaceAll(advice, tt.field, flag)) {
			t.Errorf("%q: exit %d, %s", tt.words, exit, out.String())
		}

		answer, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: tt.tool, Arguments: json.RawMessage(tt.input)})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(answer.Content)
		if !answer.IsError || !strings.Contains(string(text), "must not be ") || !strings.Contains(string(text), advice) {
			t.Errorf("%s %s over MCP: %s", tt.tool, tt.input, text)
		}

		resp, err := http.Post(overHTTP.URL+"/api/v1/tools/"+tt.tool, "application/json", strings.NewReader(tt.input))
		if err != nil {
			t.Fatal(err)
		}
		var problem web.Problem
		err = json.NewDecoder(resp.Body).Decode(&problem)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusBadRequest || !strings.HasPrefix(problem.Field, tt.field) || !strings.HasPrefix(problem.Fix, advice) {
			t.Errorf("%s %s over HTTP: %s %+v %v", tt.tool, tt.input, resp.Status, problem, err)
		}
	}
}
