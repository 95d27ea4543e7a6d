package credentials

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/awsapi/regions"
)

// redirect sends the clients inside the SDK's credential chain (STS for roles
// and web identity, SSO and its token service) to the configured endpoint. The
// SDK makes them before it resolves that, so that by themselves they would
// call AWS while everything else goes to the endpoint.
func redirect(cfg aws.Config) []func(*middleware.Stack) error {
	base, err := url.Parse(aws.ToString(cfg.BaseEndpoint))
	if cfg.BaseEndpoint == nil || err != nil {
		return nil
	}
	step := middleware.FinalizeMiddlewareFunc("HawserRedirect", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		request, ok := in.Request.(*smithyhttp.Request)
		if ok && regions.IsAWS(request.URL.Host) && !ownEndpoint(ctx, cfg, awsmiddleware.GetServiceID(ctx)) {
			request.URL.Scheme, request.URL.Host = base.Scheme, base.Host
			request.URL.Path = strings.TrimSuffix(base.Path, "/") + request.URL.Path
		}
		return next.HandleFinalize(ctx, in)
	})
	return []func(*middleware.Stack) error{func(s *middleware.Stack) error {
		if _, ok := s.Finalize.Get("ResolveEndpointV2"); !ok {
			return nil
		}
		return s.Finalize.Insert(step, "ResolveEndpointV2", middleware.After)
	}}
}

// ownEndpoint reports whether a service has an address of its own, by
// AWS_ENDPOINT_URL_STS and the like or the profile's services section: the
// SDK's client has found it, and it counts before the general one.
func ownEndpoint(ctx context.Context, cfg aws.Config, service string) bool {
	for _, source := range cfg.ConfigSources {
		p, ok := source.(interface {
			GetServiceBaseEndpoint(ctx context.Context, sdkID string) (string, bool, error)
		})
		if _, general := source.(config.LoadOptions); !ok || general {
			continue
		}
		if _, found, err := p.GetServiceBaseEndpoint(ctx, service); found && err == nil {
			return true
		}
	}
	return false
}
