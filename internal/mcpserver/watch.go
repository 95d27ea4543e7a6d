package mcpserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// The methods with which a client calls tools or reads resources.
const (
	callTool     = "tools/call"
	readResource = "resources/read"
	getPrompt    = "prompts/get"
	complete     = "completion/complete"
)

// watch wraps every method. It logs a panic and answers the request, so that the
// client and the other calls continue. It also implements Refuse.
func (s *Server) watch(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (result mcp.Result, err error) {
		defer func() {
			if v := recover(); v != nil {
				result, err = s.panicked(ctx, method, v)
			}
		}()
		now := s.now.Load()
		if refusal := now.refusal; refusal != nil {
			switch method {
			case callTool:
				return failed(now.refuse(ctx, req, nameIn(req), nil, refusal), s.scrub), nil
			case readResource, getPrompt, complete:
				return nil, refused(refusal, s.scrub)
			}
		}
		if err := now.unknown(ctx, method, req); err != nil {
			return nil, err
		}
		if method == setLevel {
			if err := checkLevel(req); err != nil {
				return nil, err
			}
		}
		ctx, pending := withPending(ctx)
		result, err = next(ctx, method, req)
		if err != nil && pending.open && ctx.Err() == nil {
			return s.unanswered(ctx, method, req)
		}
		var told *jsonrpc.Error
		if errors.As(err, &told) && told.Data != nil && !json.Valid(told.Data) {
			// The SDK quotes a URI as Go does. Unchanged it could not be sent,
			// and the request would get no answer.
			err = &jsonrpc.Error{Code: told.Code, Message: told.Message}
		}
		return result, err
	}
}

// unknown refuses a call of a tool that the agent does not have, and records it
// like other refusals.
func (n *state) unknown(ctx context.Context, method string, req mcp.Request) error {
	if method != callTool || n.offered[nameIn(req)] {
		return nil
	}
	name := nameIn(req)
	_, err := n.registry.Tool(name)
	if err == nil {
		err = fault.New(fault.Refused, "this agent does not have the tool %s", name)
	}
	_ = n.refuse(ctx, req, name, nil, err)
	return invalidParams(fmt.Errorf("unknown tool %q", name))
}

// unanswered answers a call that ends without a valid answer to its question,
// because the client gave none, or because the call is no longer allowed. Both
// are recorded.
func (s *Server) unanswered(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
	now := s.now.Load()
	if now.refusal != nil {
		return failed(now.refuse(ctx, req, nameIn(req), nil, now.refusal), s.scrub), nil
	}
	if err := now.unknown(ctx, method, req); err != nil {
		return nil, err
	}
	return failed(now.refuse(ctx, req, nameIn(req), nil, errAnswer()), s.scrub), nil
}

// nameIn returns the tool that a request names, cut to the length that a tool's
// name can have, for the audit log.
func nameIn(req mcp.Request) string {
	call, ok := req.(*mcp.CallToolRequest)
	if !ok || call.Params == nil {
		return ""
	}
	return call.Params.Name[:min(len(call.Params.Name), longestName)]
}

const longestName = 128

// refuse records a call that this package refuses, and returns the refusal.
func (n *state) refuse(ctx context.Context, req mcp.Request, name string, input json.RawMessage, why error) error {
	return n.registry.Refuse(ctx, tool.Request{Tool: name, Input: input, Caller: n.caller(req)}, why)
}

// panicked logs a panic and returns the answer to the request. Neither contains
// the panic's value, which may be anything, unless it comes from the Go runtime.
func (s *Server) panicked(ctx context.Context, method string, v any) (mcp.Result, error) {
	f := fault.New(fault.Internal, "the request failed because of a bug in Hawser").
		WithCause("a panic of type %T", v).WithFix("report it with the log from this time")
	if own, ok := v.(runtime.Error); ok {
		f = f.WithCause("%v", own)
	}
	s.now.Load().options.Logger.ErrorContext(ctx, "a request panicked", "method", method, "cause", f.Cause, "stack", string(debug.Stack()))
	if method == callTool {
		return failed(f, s.scrub), nil
	}
	return nil, &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: f.Error()}
}

// refused returns a fault as an error of the protocol, for methods whose answers
// have no other field for it.
func refused(f *fault.Error, scrub scrubber) error {
	return &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: scrub.text(describe(f))}
}
