package s3

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

func settingHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"GetBucketVersioning":                onBucket(getVersioning),
		"PutBucketVersioning":                onBucket(putVersioning),
		"GetBucketCors":                      onBucket(getCORS),
		"PutBucketCors":                      onBucket(putCORS),
		"DeleteBucketCors":                   onBucket(deleteCORS),
		"GetBucketWebsite":                   onBucket(getWebsite),
		"PutBucketWebsite":                   onBucket(putWebsite),
		"DeleteBucketWebsite":                onBucket(deleteWebsite),
		"GetBucketLifecycleConfiguration":    onBucket(getLifecycle),
		"PutBucketLifecycleConfiguration":    onBucket(putLifecycle),
		"DeleteBucketLifecycle":              onBucket(deleteLifecycle),
		"GetBucketReplication":               onBucket(getReplication),
		"PutBucketReplication":               onBucket(putReplication),
		"DeleteBucketReplication":            onBucket(deleteReplication),
		"GetBucketEncryption":                onBucket(getEncryption),
		"PutBucketEncryption":                onBucket(putEncryption),
		"DeleteBucketEncryption":             onBucket(deleteEncryption),
		"GetBucketLogging":                   onBucket(getLogging),
		"PutBucketLogging":                   onBucket(putLogging),
		"GetBucketAccelerateConfiguration":   onBucket(getAccelerate),
		"PutBucketAccelerateConfiguration":   onBucket(putAccelerate),
		"GetBucketRequestPayment":            onBucket(getPayment),
		"PutBucketRequestPayment":            onBucket(putPayment),
		"GetBucketNotificationConfiguration": onBucket(getNotification),
		"PutBucketNotificationConfiguration": onBucket(putNotification),
	}
}

// setting gives a setting of a bucket, or the answer that it has none.
func setting[T any](b *s3store.Bucket, code, text string) (*T, error) {
	if v := s3store.Config[T](b); v != nil {
		return v, nil
	}
	return nil, (&awssim.Error{Code: code, Message: text, Status: http.StatusNotFound}).With("BucketName", b.Name)
}

// settingOrZero is for settings that every bucket has.
func settingOrZero[T any](b *s3store.Bucket) *T {
	if v := s3store.Config[T](b); v != nil {
		return v
	}
	return new(T)
}

// keep keeps a setting, which must be there, and be right as valid tells.
func keep[T any](b *s3store.Bucket, v *T, valid func(*T) bool) error {
	if v == nil || !valid(v) {
		return fail("MalformedXML")
	}
	s3store.SetConfig(b, v)
	return nil
}

// forget removes a setting, which need not be there.
func forget[T any](c *awssim.Call, b *s3store.Bucket) {
	s3store.SetConfig[T](b, nil)
	c.Status = http.StatusNoContent
}

func getVersioning(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketVersioningInput) (*s3.GetBucketVersioningOutput, error) {
	return &s3.GetBucketVersioningOutput{Status: types.BucketVersioningStatus(b.Versioning())}, nil
}

func putVersioning(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketVersioningInput) (*s3.PutBucketVersioningOutput, error) {
	cfg := in.VersioningConfiguration
	if cfg == nil || cfg.Status == "" {
		return nil, invalid("IllegalVersioningConfigurationException", "The Versioning element must be specified")
	}
	if cfg.Status != types.BucketVersioningStatusEnabled && cfg.Status != types.BucketVersioningStatusSuspended {
		return nil, fail("MalformedXML")
	}
	if cfg.MFADelete == types.MFADeleteEnabled {
		return nil, &awssim.Error{Code: "NotImplemented", Status: http.StatusNotImplemented, Message: "The simulator does not support deletions that need an MFA code."}
	}
	return &s3.PutBucketVersioningOutput{}, b.SetVersioning(string(cfg.Status))
}

func getCORS(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketCorsInput) (*s3.GetBucketCorsOutput, error) {
	cfg, err := setting[types.CORSConfiguration](b, "NoSuchCORSConfiguration", "The CORS configuration does not exist")
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketCorsOutput{CORSRules: cfg.CORSRules}, nil
}

func putCORS(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketCorsInput) (*s3.PutBucketCorsOutput, error) {
	return &s3.PutBucketCorsOutput{}, keep(b, in.CORSConfiguration, func(v *types.CORSConfiguration) bool {
		return len(v.CORSRules) > 0 && len(v.CORSRules) <= 100
	})
}

func deleteCORS(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketCorsInput) (*s3.DeleteBucketCorsOutput, error) {
	forget[types.CORSConfiguration](c, b)
	return &s3.DeleteBucketCorsOutput{}, nil
}

func getWebsite(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketWebsiteInput) (*s3.GetBucketWebsiteOutput, error) {
	cfg, err := setting[types.WebsiteConfiguration](b, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketWebsiteOutput{
		ErrorDocument: cfg.ErrorDocument, IndexDocument: cfg.IndexDocument,
		RedirectAllRequestsTo: cfg.RedirectAllRequestsTo, RoutingRules: cfg.RoutingRules,
	}, nil
}

func putWebsite(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketWebsiteInput) (*s3.PutBucketWebsiteOutput, error) {
	return &s3.PutBucketWebsiteOutput{}, keep(b, in.WebsiteConfiguration, func(v *types.WebsiteConfiguration) bool {
		return (v.IndexDocument != nil) != (v.RedirectAllRequestsTo != nil)
	})
}

func deleteWebsite(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketWebsiteInput) (*s3.DeleteBucketWebsiteOutput, error) {
	forget[types.WebsiteConfiguration](c, b)
	return &s3.DeleteBucketWebsiteOutput{}, nil
}

// lifecycle is a bucket's lifecycle, with what the header says of it.
type lifecycle struct {
	rules   []types.LifecycleRule
	minimum types.TransitionDefaultMinimumObjectSize
}

func getLifecycle(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketLifecycleConfigurationInput) (*s3.GetBucketLifecycleConfigurationOutput, error) {
	cfg, err := setting[lifecycle](b, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
	if err != nil {
		return nil, err
	}
	return &s3.GetBucketLifecycleConfigurationOutput{Rules: cfg.rules, TransitionDefaultMinimumObjectSize: cfg.minimum}, nil
}

func putLifecycle(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketLifecycleConfigurationInput) (*s3.PutBucketLifecycleConfigurationOutput, error) {
	if in.LifecycleConfiguration == nil || len(in.LifecycleConfiguration.Rules) == 0 {
		return nil, fail("MalformedXML")
	}
	cfg := &lifecycle{in.LifecycleConfiguration.Rules, in.TransitionDefaultMinimumObjectSize}
	if cfg.minimum == "" {
		cfg.minimum = types.TransitionDefaultMinimumObjectSizeAllStorageClasses128k
	}
	s3store.SetConfig(b, cfg)
	return &s3.PutBucketLifecycleConfigurationOutput{TransitionDefaultMinimumObjectSize: cfg.minimum}, nil
}

func deleteLifecycle(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketLifecycleInput) (*s3.DeleteBucketLifecycleOutput, error) {
	forget[lifecycle](c, b)
	return &s3.DeleteBucketLifecycleOutput{}, nil
}

func getReplication(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketReplicationInput) (*s3.GetBucketReplicationOutput, error) {
	cfg, err := setting[types.ReplicationConfiguration](b, "ReplicationConfigurationNotFoundError", "The replication configuration was not found")
	return &s3.GetBucketReplicationOutput{ReplicationConfiguration: cfg}, err
}

func putReplication(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketReplicationInput) (*s3.PutBucketReplicationOutput, error) {
	if b.Versioning() != s3store.Enabled {
		return nil, invalid("InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration")
	}
	return &s3.PutBucketReplicationOutput{}, keep(b, in.ReplicationConfiguration, func(v *types.ReplicationConfiguration) bool {
		return v.Role != nil && len(v.Rules) > 0
	})
}

func deleteReplication(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketReplicationInput) (*s3.DeleteBucketReplicationOutput, error) {
	forget[types.ReplicationConfiguration](c, b)
	return &s3.DeleteBucketReplicationOutput{}, nil
}

func getEncryption(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketEncryptionInput) (*s3.GetBucketEncryptionOutput, error) {
	cfg, err := setting[types.ServerSideEncryptionConfiguration](b, "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found")
	return &s3.GetBucketEncryptionOutput{ServerSideEncryptionConfiguration: cfg}, err
}

func putEncryption(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketEncryptionInput) (*s3.PutBucketEncryptionOutput, error) {
	return &s3.PutBucketEncryptionOutput{}, keep(b, in.ServerSideEncryptionConfiguration, func(v *types.ServerSideEncryptionConfiguration) bool {
		return len(v.Rules) == 1
	})
}

// deleteEncryption goes back to what every bucket has.
func deleteEncryption(c *awssim.Call, b *s3store.Bucket, _ *s3.DeleteBucketEncryptionInput) (*s3.DeleteBucketEncryptionOutput, error) {
	s3store.SetConfig(b, defaultEncryption())
	c.Status = http.StatusNoContent
	return &s3.DeleteBucketEncryptionOutput{}, nil
}

func getLogging(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketLoggingInput) (*s3.GetBucketLoggingOutput, error) {
	return &s3.GetBucketLoggingOutput{LoggingEnabled: settingOrZero[types.BucketLoggingStatus](b).LoggingEnabled}, nil
}

func putLogging(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketLoggingInput) (*s3.PutBucketLoggingOutput, error) {
	return &s3.PutBucketLoggingOutput{}, keep(b, in.BucketLoggingStatus, func(v *types.BucketLoggingStatus) bool {
		return v.LoggingEnabled == nil || v.LoggingEnabled.TargetBucket != nil
	})
}

func getAccelerate(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketAccelerateConfigurationInput) (*s3.GetBucketAccelerateConfigurationOutput, error) {
	return &s3.GetBucketAccelerateConfigurationOutput{Status: settingOrZero[types.AccelerateConfiguration](b).Status}, nil
}

func putAccelerate(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketAccelerateConfigurationInput) (*s3.PutBucketAccelerateConfigurationOutput, error) {
	return &s3.PutBucketAccelerateConfigurationOutput{}, keep(b, in.AccelerateConfiguration, func(v *types.AccelerateConfiguration) bool {
		return v.Status != ""
	})
}

func getPayment(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketRequestPaymentInput) (*s3.GetBucketRequestPaymentOutput, error) {
	if cfg := s3store.Config[types.RequestPaymentConfiguration](b); cfg != nil {
		return &s3.GetBucketRequestPaymentOutput{Payer: cfg.Payer}, nil
	}
	return &s3.GetBucketRequestPaymentOutput{Payer: types.PayerBucketOwner}, nil
}

func putPayment(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketRequestPaymentInput) (*s3.PutBucketRequestPaymentOutput, error) {
	return &s3.PutBucketRequestPaymentOutput{}, keep(b, in.RequestPaymentConfiguration, func(v *types.RequestPaymentConfiguration) bool {
		return v.Payer == types.PayerBucketOwner || v.Payer == types.PayerRequester
	})
}

func getNotification(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketNotificationConfigurationInput) (*s3.GetBucketNotificationConfigurationOutput, error) {
	cfg := settingOrZero[types.NotificationConfiguration](b)
	return &s3.GetBucketNotificationConfigurationOutput{
		EventBridgeConfiguration: cfg.EventBridgeConfiguration, LambdaFunctionConfigurations: cfg.LambdaFunctionConfigurations,
		QueueConfigurations: cfg.QueueConfigurations, TopicConfigurations: cfg.TopicConfigurations,
	}, nil
}

func putNotification(_ *awssim.Call, b *s3store.Bucket, in *s3.PutBucketNotificationConfigurationInput) (*s3.PutBucketNotificationConfigurationOutput, error) {
	return &s3.PutBucketNotificationConfigurationOutput{}, keep(b, in.NotificationConfiguration, func(*types.NotificationConfiguration) bool { return true })
}
