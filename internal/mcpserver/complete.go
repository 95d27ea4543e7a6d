package mcpserver

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/tool"
)

// completionTime limits a completion: a person is typing.
const completionTime = 3 * time.Second

// mostValues is the most values that the protocol allows in an answer.
const mostValues = 100

// complete offers live values for the arguments of prompts, and names for the
// tool reference. If the values can't be read, it offers none.
//
// https://modelcontextprotocol.io/specification/2025-11-25/server/utilities/completion
func (s *Server) complete(ctx context.Context, req *mcp.CompleteRequest) (*mcp.CompleteResult, error) {
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	now, prefix := s.now.Load(), req.Params.Argument.Value
	switch ref := req.Params.Ref; {
	case ref == nil:
		return nil, invalidParams(errors.New("ref is missing"))
	case ref.Type == "ref/resource" && strings.HasPrefix(ref.URI, toolsPrefix):
		return values(now.toolNames(), prefix, s.scrub), nil
	case ref.Type == "ref/prompt":
		for _, p := range prompts() {
			if p.name != ref.Name {
				continue
			}
			a, err := p.argument(req.Params.Argument.Name)
			if err != nil {
				return nil, invalidParams(err)
			}
			live, _ := now.registry.Live(ctx, a.complete, tool.Target{}, now.caller(req)) // empty if they can't be read
			return values(live, prefix, s.scrub), nil
		}
	}
	return values(nil, prefix, s.scrub), nil
}

func values(all []string, prefix string, scrub scrubber) *mcp.CompleteResult {
	found := []string{}
	for _, v := range all {
		if strings.HasPrefix(v, prefix) {
			found = append(found, scrub.text(visible(v)))
		}
	}
	shown := found[:min(len(found), mostValues)]
	return &mcp.CompleteResult{Completion: mcp.CompletionResultDetails{Values: shown, Total: len(found), HasMore: len(found) > len(shown)}}
}

// invalidParams returns the protocol's error for wrong parameters of a client.
func invalidParams(err error) error {
	return &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: err.Error(), Data: json.RawMessage(`{}`)}
}
