package mcpserver

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/fault"
)

// The methods that reach tools or what stands behind them.
const (
	callTool     = "tools/call"
	readResource = "resources/read"
	getPrompt    = "prompts/get"
	complete     = "completion/complete"
)

// watch stands before every method. A panic is logged and answered, so that
// neither the client nor the other calls are lost with it, and a server that
// refuses everything does so here.
func (s *Server) watch(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (result mcp.Result, err error) {
		defer func() {
			if v := recover(); v != nil {
				result, err = s.panicked(ctx, method, v)
			}
		}()
		if refusal := s.now.Load().refusal; refusal != nil {
			switch method {
			case callTool:
				return failed(refusal), nil
			case readResource, getPrompt, complete:
				return nil, refused(refusal)
			}
		}
		return next(ctx, method, req)
	}
}

// panicked logs a panic and gives the answer to the request. Neither holds the
// panic's value, which may be anything, unless it is the Go runtime's own.
func (s *Server) panicked(ctx context.Context, method string, v any) (mcp.Result, error) {
	f := fault.New(fault.Internal, "the request failed by a fault of Hawser itself").
		WithCause("a panic of type %T", v).WithFix("report it with the log of this time")
	if own, ok := v.(runtime.Error); ok {
		f.WithCause("%v", own)
	}
	s.now.Load().options.Logger.ErrorContext(ctx, "a request panicked", "method", method, "cause", f.Cause, "stack", string(debug.Stack()))
	if method == callTool {
		return failed(f), nil
	}
	return nil, &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: f.Error()}
}

// refused is a fault as an error of the protocol, for methods whose answers have
// no place for one.
func refused(f *fault.Error) error {
	return &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: scrubber{}.text(describe(f))}
}
