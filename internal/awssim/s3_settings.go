package awssim

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

func s3SettingHandlers() map[string]Handler {
	return map[string]Handler{
		"GetBucketVersioning":                s3OnBucket(s3GetVersioning),
		"PutBucketVersioning":                s3OnBucket(s3PutVersioning),
		"GetBucketCors":                      s3OnBucket(s3GetCORS),
		"PutBucketCors":                      s3OnBucket(s3PutCORS),
		"DeleteBucketCors":                   s3OnBucket(s3DeleteCORS),
		"GetBucketWebsite":                   s3OnBucket(s3GetWebsite),
		"PutBucketWebsite":                   s3OnBucket(s3PutWebsite),
		"DeleteBucketWebsite":                s3OnBucket(s3DeleteWebsite),
		"GetBucketLifecycleConfiguration":    s3OnBucket(s3GetLifecycle),
		"PutBucketLifecycleConfiguration":    s3OnBucket(s3PutLifecycle),
		"DeleteBucketLifecycle":              s3OnBucket(s3DeleteLifecycle),
		"GetBucketReplication":               s3OnBucket(s3GetReplication),
		"PutBucketReplication":               s3OnBucket(s3PutReplication),
		"DeleteBucketReplication":            s3OnBucket(s3DeleteReplication),
		"GetBucketEncryption":                s3OnBucket(s3GetEncryption),
		"PutBucketEncryption":                s3OnBucket(s3PutEncryption),
		"DeleteBucketEncryption":             s3OnBucket(s3DeleteEncryption),
		"GetBucketLogging":                   s3OnBucket(s3GetLogging),
		"PutBucketLogging":                   s3OnBucket(s3PutLogging),
		"GetBucketAccelerateConfiguration":   s3OnBucket(s3GetAccelerate),
		"PutBucketAccelerateConfiguration":   s3OnBucket(s3PutAccelerate),
		"GetBucketRequestPayment":            s3OnBucket(s3GetPayment),
		"PutBucketRequestPayment":            s3OnBucket(s3PutPayment),
		"GetBucketNotificationConfiguration": s3OnBucket(s3GetNotification),
		"PutBucketNotificationConfiguration": s3OnBucket(s3PutNotification),
	}
}

// s3Setting gives a setting of a bucket, or the answer that it has none.
func s3Setting[T any](b *s3store.Bucket, code, text string) (*T, error) {
	if v := s3store.Config[T](b); v != nil {
		return v, nil
	}
	return nil, (&Error{Code: code, Message: text, Status: http.StatusNotFound}).With("BucketName", b.Name)
}

// s3SettingOrZero is for settings that every bucket has.
func s3SettingOrZero[T any](b *s3store.Bucket) *T {
	if v := s3store.Config[T](b); v != nil {
		return v
	}
	return new(T)
}

// s3Keep keeps a setting, which must be there, and be right as valid tells.
func s3Keep[T any](b *s3store.Bucket, v *T, valid func(*T) bool) error {
	if v == nil || !valid(v) {
		return s3Fail("MalformedXML")
	}
	s3store.SetConfig(b, v)
	return nil
}

// s3Forget removes a setting, which need not be there.
func s3Forget[T any](c *Call, b *s3store.Bucket) {
	s3store.SetConfig[T](b, nil)
	c.Status = http.StatusNoContent
}

func s3GetVersioning(_ *Call, b *s3store.Bucket, _ *s3.GetBucketVersioningInput) (*s3.GetBucketVersioningOutput, error) {
	return &s3.GetBucketVersioningOutput{Status: types.BucketVersioningStatus(b.Versioning())}, nil
}

func s3PutVersioning(_ *Call, b *s3store.Bucket, in *s3.PutBucketVersioningInput) (*s3.PutBucketVersioningOutput, error) {
	cfg := in.VersioningConfiguration
	if cfg == nil || cfg.Status == "" {
		return nil, s3Invalid("IllegalVersioningConfigurationException", "The Versioning element must be specified")
	}
	if cfg.Status != types.BucketVersioningStatusEnabled && cfg.Status != types.BucketVersioningStatusSuspended {
		return nil, s3Fail("MalformedXML")
	}
	return &s3.PutBucketVersioningOutput{}, b.SetVersioning(string(cfg.Status))
}

func s3GetCORS(_ *Call, b *s3store.Bucket, _ *s3.GetBucketCorsInput) (*s3.GetBucketCorsOutput, error) {
	cfg, err := s3Setting[types.CORSConfiguration](b, "NoSuchCORSConfiguration", "The CORS configuration does not exist")
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketCorsOutput{CORSRules: cfg.CORSRules}, nil
}

func s3PutCORS(_ *Call, b *s3store.Bucket, in *s3.PutBucketCorsInput) (*s3.PutBucketCorsOutput, error) {
	return &s3.PutBucketCorsOutput{}, s3Keep(b, in.CORSConfiguration, func(v *types.CORSConfiguration) bool {
		return len(v.CORSRules) > 0 && len(v.CORSRules) <= 100
	})
}

func s3DeleteCORS(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketCorsInput) (*s3.DeleteBucketCorsOutput, error) {
	s3Forget[types.CORSConfiguration](c, b)
	return &s3.DeleteBucketCorsOutput{}, nil
}

func s3GetWebsite(_ *Call, b *s3store.Bucket, _ *s3.GetBucketWebsiteInput) (*s3.GetBucketWebsiteOutput, error) {
	cfg, err := s3Setting[types.WebsiteConfiguration](b, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketWebsiteOutput{
		ErrorDocument: cfg.ErrorDocument, IndexDocument: cfg.IndexDocument,
		RedirectAllRequestsTo: cfg.RedirectAllRequestsTo, RoutingRules: cfg.RoutingRules,
	}, nil
}

func s3PutWebsite(_ *Call, b *s3store.Bucket, in *s3.PutBucketWebsiteInput) (*s3.PutBucketWebsiteOutput, error) {
	return &s3.PutBucketWebsiteOutput{}, s3Keep(b, in.WebsiteConfiguration, func(v *types.WebsiteConfiguration) bool {
		return (v.IndexDocument != nil) != (v.RedirectAllRequestsTo != nil)
	})
}

func s3DeleteWebsite(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketWebsiteInput) (*s3.DeleteBucketWebsiteOutput, error) {
	s3Forget[types.WebsiteConfiguration](c, b)
	return &s3.DeleteBucketWebsiteOutput{}, nil
}

// s3Lifecycle is a bucket's lifecycle, with what the header says of it.
type s3Lifecycle struct {
	rules   []types.LifecycleRule
	minimum types.TransitionDefaultMinimumObjectSize
}

func s3GetLifecycle(_ *Call, b *s3store.Bucket, _ *s3.GetBucketLifecycleConfigurationInput) (*s3.GetBucketLifecycleConfigurationOutput, error) {
	cfg, err := s3Setting[s3Lifecycle](b, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketLifecycleConfigurationOutput{Rules: cfg.rules, TransitionDefaultMinimumObjectSize: cfg.minimum}, nil
}

func s3PutLifecycle(_ *Call, b *s3store.Bucket, in *s3.PutBucketLifecycleConfigurationInput) (*s3.PutBucketLifecycleConfigurationOutput, error) {
	if in.LifecycleConfiguration == nil || len(in.LifecycleConfiguration.Rules) == 0 {
		return nil, s3Fail("MalformedXML")
	}
	cfg := &s3Lifecycle{in.LifecycleConfiguration.Rules, in.TransitionDefaultMinimumObjectSize}
	if cfg.minimum == "" {
		cfg.minimum = types.TransitionDefaultMinimumObjectSizeAllStorageClasses128k
	}
	s3store.SetConfig(b, cfg)
	return &s3.PutBucketLifecycleConfigurationOutput{TransitionDefaultMinimumObjectSize: cfg.minimum}, nil
}

func s3DeleteLifecycle(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketLifecycleInput) (*s3.DeleteBucketLifecycleOutput, error) {
	s3Forget[s3Lifecycle](c, b)
	return &s3.DeleteBucketLifecycleOutput{}, nil
}

func s3GetReplication(_ *Call, b *s3store.Bucket, _ *s3.GetBucketReplicationInput) (*s3.GetBucketReplicationOutput, error) {
	cfg, err := s3Setting[types.ReplicationConfiguration](b, "ReplicationConfigurationNotFoundError", "The replication configuration was not found")
	return &s3.GetBucketReplicationOutput{ReplicationConfiguration: cfg}, err
}

func s3PutReplication(_ *Call, b *s3store.Bucket, in *s3.PutBucketReplicationInput) (*s3.PutBucketReplicationOutput, error) {
	if b.Versioning() != s3store.Enabled {
		return nil, s3Invalid("InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration")
	}
	return &s3.PutBucketReplicationOutput{}, s3Keep(b, in.ReplicationConfiguration, func(v *types.ReplicationConfiguration) bool {
		return v.Role != nil && len(v.Rules) > 0
	})
}

func s3DeleteReplication(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketReplicationInput) (*s3.DeleteBucketReplicationOutput, error) {
	s3Forget[types.ReplicationConfiguration](c, b)
	return &s3.DeleteBucketReplicationOutput{}, nil
}

func s3GetEncryption(_ *Call, b *s3store.Bucket, _ *s3.GetBucketEncryptionInput) (*s3.GetBucketEncryptionOutput, error) {
	cfg, err := s3Setting[types.ServerSideEncryptionConfiguration](b, "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found")
	return &s3.GetBucketEncryptionOutput{ServerSideEncryptionConfiguration: cfg}, err
}

func s3PutEncryption(_ *Call, b *s3store.Bucket, in *s3.PutBucketEncryptionInput) (*s3.PutBucketEncryptionOutput, error) {
	return &s3.PutBucketEncryptionOutput{}, s3Keep(b, in.ServerSideEncryptionConfiguration, func(v *types.ServerSideEncryptionConfiguration) bool {
		return len(v.Rules) == 1
	})
}

// s3DeleteEncryption goes back to what every bucket has.
func s3DeleteEncryption(c *Call, b *s3store.Bucket, _ *s3.DeleteBucketEncryptionInput) (*s3.DeleteBucketEncryptionOutput, error) {
	s3store.SetConfig(b, s3DefaultEncryption())
	c.Status = http.StatusNoContent
	return &s3.DeleteBucketEncryptionOutput{}, nil
}

func s3GetLogging(_ *Call, b *s3store.Bucket, _ *s3.GetBucketLoggingInput) (*s3.GetBucketLoggingOutput, error) {
	return &s3.GetBucketLoggingOutput{LoggingEnabled: s3SettingOrZero[types.BucketLoggingStatus](b).LoggingEnabled}, nil
}

func s3PutLogging(_ *Call, b *s3store.Bucket, in *s3.PutBucketLoggingInput) (*s3.PutBucketLoggingOutput, error) {
	return &s3.PutBucketLoggingOutput{}, s3Keep(b, in.BucketLoggingStatus, func(v *types.BucketLoggingStatus) bool {
		return v.LoggingEnabled == nil || v.LoggingEnabled.TargetBucket != nil
	})
}

func s3GetAccelerate(_ *Call, b *s3store.Bucket, _ *s3.GetBucketAccelerateConfigurationInput) (*s3.GetBucketAccelerateConfigurationOutput, error) {
	return &s3.GetBucketAccelerateConfigurationOutput{Status: s3SettingOrZero[types.AccelerateConfiguration](b).Status}, nil
}

func s3PutAccelerate(_ *Call, b *s3store.Bucket, in *s3.PutBucketAccelerateConfigurationInput) (*s3.PutBucketAccelerateConfigurationOutput, error) {
	return &s3.PutBucketAccelerateConfigurationOutput{}, s3Keep(b, in.AccelerateConfiguration, func(v *types.AccelerateConfiguration) bool {
		return v.Status != ""
	})
}

func s3GetPayment(_ *Call, b *s3store.Bucket, _ *s3.GetBucketRequestPaymentInput) (*s3.GetBucketRequestPaymentOutput, error) {
	if cfg := s3store.Config[types.RequestPaymentConfiguration](b); cfg != nil {
		return &s3.GetBucketRequestPaymentOutput{Payer: cfg.Payer}, nil
	}
	return &s3.GetBucketRequestPaymentOutput{Payer: types.PayerBucketOwner}, nil
}

func s3PutPayment(_ *Call, b *s3store.Bucket, in *s3.PutBucketRequestPaymentInput) (*s3.PutBucketRequestPaymentOutput, error) {
	return &s3.PutBucketRequestPaymentOutput{}, s3Keep(b, in.RequestPaymentConfiguration, func(v *types.RequestPaymentConfiguration) bool {
		return v.Payer == types.PayerBucketOwner || v.Payer == types.PayerRequester
	})
}

func s3GetNotification(_ *Call, b *s3store.Bucket, _ *s3.GetBucketNotificationConfigurationInput) (*s3.GetBucketNotificationConfigurationOutput, error) {
	cfg := s3SettingOrZero[types.NotificationConfiguration](b)
	return &s3.GetBucketNotificationConfigurationOutput{
		EventBridgeConfiguration: cfg.EventBridgeConfiguration, LambdaFunctionConfigurations: cfg.LambdaFunctionConfigurations,
		QueueConfigurations: cfg.QueueConfigurations, TopicConfigurations: cfg.TopicConfigurations,
	}, nil
}

func s3PutNotification(_ *Call, b *s3store.Bucket, in *s3.PutBucketNotificationConfigurationInput) (*s3.PutBucketNotificationConfigurationOutput, error) {
	return &s3.PutBucketNotificationConfigurationOutput{}, s3Keep(b, in.NotificationConfiguration, func(*types.NotificationConfiguration) bool { return true })
}
