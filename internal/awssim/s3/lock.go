package s3

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

func lockHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"GetObjectLockConfiguration": onBucket(getLocking),
		"PutObjectLockConfiguration": onBucket(putLocking),
		"GetObjectRetention":         onBucket(getRetention),
		"PutObjectRetention":         onBucket(putRetention),
		"GetObjectLegalHold":         onBucket(getHold),
		"PutObjectLegalHold":         onBucket(putHold),
	}
}

func getLocking(_ *awssim.Call, b *s3store.Bucket, _ *s3.GetObjectLockConfigurationInput) (*s3.GetObjectLockConfigurationOutput, error) {
	cfg, err := setting[types.ObjectLockConfiguration](b, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")
	return &s3.GetObjectLockConfigurationOutput{ObjectLockConfiguration: cfg}, err
}

func putLocking(_ *awssim.Call, b *s3store.Bucket, in *s3.PutObjectLockConfigurationInput) (*s3.PutObjectLockConfigurationOutput, error) {
	cfg := in.ObjectLockConfiguration
	if cfg == nil || cfg.ObjectLockEnabled != types.ObjectLockEnabledEnabled || !ruleValid(cfg.Rule) {
		return nil, fail("MalformedXML")
	}
	if err := b.EnableLocking(false); err != nil {
		return nil, err
	}
	s3store.SetConfig(b, cfg)
	return &s3.PutObjectLockConfigurationOutput{}, nil
}

// ruleValid wants a default retention to have a mode and either days or
// years.
func ruleValid(rule *types.ObjectLockRule) bool {
	if rule == nil {
		return true
	}
	d := rule.DefaultRetention
	return d != nil && d.Mode != "" && (d.Days != nil) != (d.Years != nil)
}

// lockHeaders is the lock of a new object: what its headers say, else the
// bucket's default.
func lockHeaders(c *awssim.Call, b *s3store.Bucket) (s3store.Lock, error) {
	h := c.Request.Header
	mode, until, hold := h.Get("X-Amz-Object-Lock-Mode"), h.Get("X-Amz-Object-Lock-Retain-Until-Date"), h.Get("X-Amz-Object-Lock-Legal-Hold")
	if mode == "" && until == "" && hold == "" {
		return defaultLock(c, b), nil
	}
	if !b.Locking() {
		return s3store.Lock{}, invalid("InvalidRequest", "Bucket is missing Object Lock Configuration")
	}
	lock := s3store.Lock{Mode: mode, LegalHold: hold == string(types.ObjectLockLegalHoldStatusOn)}
	if mode == "" && until == "" {
		d := defaultLock(c, b)
		lock.Mode, lock.Until = d.Mode, d.Until
		return lock, nil
	}
	if mode == "" || until == "" {
		return lock, argument("x-amz-object-lock-mode", mode, "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
	}
	var err error
	if lock.Until, err = time.Parse(time.RFC3339, until); err != nil {
		return lock, argument("x-amz-object-lock-retain-until-date", until, "The retain until date must be provided in ISO 8601 format")
	}
	return lock, checkRetention(c, mode, lock.Until)
}

func checkRetention(c *awssim.Call, mode string, until time.Time) error {
	if mode != string(types.ObjectLockModeGovernance) && mode != string(types.ObjectLockModeCompliance) {
		return argument("x-amz-object-lock-mode", mode, "Unknown wormMode directive.")
	}
	if !until.After(c.Now()) {
		return argument("x-amz-object-lock-retain-until-date", until.Format(time.RFC3339), "The retain until date must be in the future!")
	}
	return nil
}

func defaultLock(c *awssim.Call, b *s3store.Bucket) s3store.Lock {
	cfg := s3store.Config[types.ObjectLockConfiguration](b)
	if cfg == nil || cfg.Rule == nil {
		return s3store.Lock{}
	}
	d := cfg.Rule.DefaultRetention
	return s3store.Lock{Mode: string(d.Mode), Until: c.Now().UTC().AddDate(int(aws.ToInt32(d.Years)), 0, int(aws.ToInt32(d.Days)))}
}

func noLock() *awssim.Error {
	return &awssim.Error{
		Code: "NoSuchObjectLockConfiguration", Message: "The specified object does not have a ObjectLock configuration", Status: http.StatusNotFound,
	}
}

func getRetention(c *awssim.Call, b *s3store.Bucket, in *s3.GetObjectRetentionInput) (*s3.GetObjectRetentionOutput, error) {
	o, err := lockable(c, b, in.Key, in.VersionId)
	if err != nil {
		return nil, err
	}
	if o.Lock.Mode == "" {
		return nil, noLock()
	}
	return &s3.GetObjectRetentionOutput{Retention: &types.ObjectLockRetention{Mode: types.ObjectLockRetentionMode(o.Lock.Mode), RetainUntilDate: aws.Time(o.Lock.Until)}}, nil
}

func putRetention(c *awssim.Call, b *s3store.Bucket, in *s3.PutObjectRetentionInput) (*s3.PutObjectRetentionOutput, error) {
	if _, err := lockable(c, b, in.Key, in.VersionId); err != nil {
		return nil, err
	}
	want := in.Retention
	if want == nil || (want.Mode == "") != (want.RetainUntilDate == nil) {
		return nil, fail("MalformedXML")
	}
	if want.Mode != "" {
		if err := checkRetention(c, string(want.Mode), *want.RetainUntilDate); err != nil {
			return nil, err
		}
	}
	until := aws.ToTime(want.RetainUntilDate)
	_, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		eases := string(want.Mode) != o.Lock.Mode || until.Before(o.Lock.Until)
		retained := s3store.Lock{Mode: o.Lock.Mode, Until: o.Lock.Until}
		if eases && retained.Holds(c.Now(), aws.ToBool(in.BypassGovernanceRetention)) {
			denied := fail("AccessDenied")
			denied.Message = "Access Denied because object protected by object lock."
			return denied
		}
		o.Lock.Mode, o.Lock.Until = string(want.Mode), until
		return nil
	})
	return &s3.PutObjectRetentionOutput{}, err
}

func getHold(c *awssim.Call, b *s3store.Bucket, in *s3.GetObjectLegalHoldInput) (*s3.GetObjectLegalHoldOutput, error) {
	o, err := lockable(c, b, in.Key, in.VersionId)
	if err != nil {
		return nil, err
	}
	status := types.ObjectLockLegalHoldStatusOff
	if o.Lock.LegalHold {
		status = types.ObjectLockLegalHoldStatusOn
	}
	return &s3.GetObjectLegalHoldOutput{LegalHold: &types.ObjectLockLegalHold{Status: status}}, nil
}

func putHold(c *awssim.Call, b *s3store.Bucket, in *s3.PutObjectLegalHoldInput) (*s3.PutObjectLegalHoldOutput, error) {
	if _, err := lockable(c, b, in.Key, in.VersionId); err != nil {
		return nil, err
	}
	if in.LegalHold == nil || in.LegalHold.Status != types.ObjectLockLegalHoldStatusOn && in.LegalHold.Status != types.ObjectLockLegalHoldStatusOff {
		return nil, fail("MalformedXML")
	}
	_, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		o.Lock.LegalHold = in.LegalHold.Status == types.ObjectLockLegalHoldStatusOn
		return nil
	})
	return &s3.PutObjectLegalHoldOutput{}, err
}

// lockable finds an object in a bucket that has object lock.
func lockable(c *awssim.Call, b *s3store.Bucket, key, version *string) (*s3store.Object, error) {
	if !b.Locking() {
		return nil, invalid("InvalidRequest", "Bucket is missing Object Lock Configuration")
	}
	o, err := b.Get(aws.ToString(key), aws.ToString(version))
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	return o, nil
}
