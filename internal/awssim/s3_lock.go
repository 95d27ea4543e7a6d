package awssim

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

func s3LockHandlers() map[string]Handler {
	return map[string]Handler{
		"GetObjectLockConfiguration": s3OnBucket(s3GetLocking),
		"PutObjectLockConfiguration": s3OnBucket(s3PutLocking),
		"GetObjectRetention":         s3OnBucket(s3GetRetention),
		"PutObjectRetention":         s3OnBucket(s3PutRetention),
		"GetObjectLegalHold":         s3OnBucket(s3GetHold),
		"PutObjectLegalHold":         s3OnBucket(s3PutHold),
	}
}

func s3GetLocking(_ *Call, b *s3store.Bucket, _ *s3.GetObjectLockConfigurationInput) (*s3.GetObjectLockConfigurationOutput, error) {
	cfg, err := s3Setting[types.ObjectLockConfiguration](b, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")
	return &s3.GetObjectLockConfigurationOutput{ObjectLockConfiguration: cfg}, err
}

func s3PutLocking(_ *Call, b *s3store.Bucket, in *s3.PutObjectLockConfigurationInput) (*s3.PutObjectLockConfigurationOutput, error) {
	cfg := in.ObjectLockConfiguration
	if cfg == nil || cfg.ObjectLockEnabled != types.ObjectLockEnabledEnabled || !s3RuleValid(cfg.Rule) {
		return nil, s3Fail("MalformedXML")
	}
	if err := b.EnableLocking(false); err != nil {
		return nil, err
	}
	s3store.SetConfig(b, cfg)
	return &s3.PutObjectLockConfigurationOutput{}, nil
}

// s3RuleValid wants a default retention to have a mode and either days or
// years.
func s3RuleValid(rule *types.ObjectLockRule) bool {
	if rule == nil {
		return true
	}
	d := rule.DefaultRetention
	return d != nil && d.Mode != "" && (d.Days != nil) != (d.Years != nil)
}

// s3LockHeaders is the lock of a new object: what its headers say, else the
// bucket's default.
func s3LockHeaders(c *Call, b *s3store.Bucket) (s3store.Lock, error) {
	h := c.Request.Header
	mode, until, hold := h.Get("X-Amz-Object-Lock-Mode"), h.Get("X-Amz-Object-Lock-Retain-Until-Date"), h.Get("X-Amz-Object-Lock-Legal-Hold")
	if mode == "" && until == "" && hold == "" {
		return s3DefaultLock(c, b), nil
	}
	if !b.Locking() {
		return s3store.Lock{}, s3Invalid("InvalidRequest", "Bucket is missing Object Lock Configuration")
	}
	lock := s3store.Lock{Mode: mode, LegalHold: hold == string(types.ObjectLockLegalHoldStatusOn)}
	if mode == "" && until == "" {
		d := s3DefaultLock(c, b)
		lock.Mode, lock.Until = d.Mode, d.Until
		return lock, nil
	}
	if mode == "" || until == "" {
		return lock, s3Argument("x-amz-object-lock-mode", mode, "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
	}
	var err error
	if lock.Until, err = time.Parse(time.RFC3339, until); err != nil {
		return lock, s3Argument("x-amz-object-lock-retain-until-date", until, "The retain until date must be provided in ISO 8601 format")
	}
	return lock, s3CheckRetention(c, mode, lock.Until)
}

func s3CheckRetention(c *Call, mode string, until time.Time) error {
	if mode != string(types.ObjectLockModeGovernance) && mode != string(types.ObjectLockModeCompliance) {
		return s3Argument("x-amz-object-lock-mode", mode, "Unknown wormMode directive.")
	}
	if !until.After(c.Now()) {
		return s3Argument("x-amz-object-lock-retain-until-date", until.Format(time.RFC3339), "The retain until date must be in the future!")
	}
	return nil
}

func s3DefaultLock(c *Call, b *s3store.Bucket) s3store.Lock {
	cfg := s3store.Config[types.ObjectLockConfiguration](b)
	if cfg == nil || cfg.Rule == nil {
		return s3store.Lock{}
	}
	d := cfg.Rule.DefaultRetention
	return s3store.Lock{Mode: string(d.Mode), Until: c.Now().UTC().AddDate(int(aws.ToInt32(d.Years)), 0, int(aws.ToInt32(d.Days)))}
}

func s3NoLock() *Error {
	return &Error{
		Code: "NoSuchObjectLockConfiguration", Message: "The specified object does not have a ObjectLock configuration", Status: http.StatusNotFound,
	}
}

func s3GetRetention(c *Call, b *s3store.Bucket, in *s3.GetObjectRetentionInput) (*s3.GetObjectRetentionOutput, error) {
	o, err := s3Lockable(c, b, in.Key, in.VersionId)
	if err != nil {
		return nil, err
	}
	if o.Lock.Mode == "" {
		return nil, s3NoLock()
	}
	return &s3.GetObjectRetentionOutput{Retention: &types.ObjectLockRetention{Mode: types.ObjectLockRetentionMode(o.Lock.Mode), RetainUntilDate: aws.Time(o.Lock.Until)}}, nil
}

func s3PutRetention(c *Call, b *s3store.Bucket, in *s3.PutObjectRetentionInput) (*s3.PutObjectRetentionOutput, error) {
	if _, err := s3Lockable(c, b, in.Key, in.VersionId); err != nil {
		return nil, err
	}
	want := in.Retention
	if want == nil || (want.Mode == "") != (want.RetainUntilDate == nil) {
		return nil, s3Fail("MalformedXML")
	}
	if want.Mode != "" {
		if err := s3CheckRetention(c, string(want.Mode), *want.RetainUntilDate); err != nil {
			return nil, err
		}
	}
	until := aws.ToTime(want.RetainUntilDate)
	_, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		eases := string(want.Mode) != o.Lock.Mode || until.Before(o.Lock.Until)
		retained := s3store.Lock{Mode: o.Lock.Mode, Until: o.Lock.Until}
		if eases && retained.Holds(c.Now(), aws.ToBool(in.BypassGovernanceRetention)) {
			denied := s3Fail("AccessDenied")
			denied.Message = "Access Denied because object protected by object lock."
			return denied
		}
		o.Lock.Mode, o.Lock.Until = string(want.Mode), until
		return nil
	})
	return &s3.PutObjectRetentionOutput{}, err
}

func s3GetHold(c *Call, b *s3store.Bucket, in *s3.GetObjectLegalHoldInput) (*s3.GetObjectLegalHoldOutput, error) {
	o, err := s3Lockable(c, b, in.Key, in.VersionId)
	if err != nil {
		return nil, err
	}
	status := types.ObjectLockLegalHoldStatusOff
	if o.Lock.LegalHold {
		status = types.ObjectLockLegalHoldStatusOn
	}
	return &s3.GetObjectLegalHoldOutput{LegalHold: &types.ObjectLockLegalHold{Status: status}}, nil
}

func s3PutHold(c *Call, b *s3store.Bucket, in *s3.PutObjectLegalHoldInput) (*s3.PutObjectLegalHoldOutput, error) {
	if _, err := s3Lockable(c, b, in.Key, in.VersionId); err != nil {
		return nil, err
	}
	if in.LegalHold == nil || in.LegalHold.Status != types.ObjectLockLegalHoldStatusOn && in.LegalHold.Status != types.ObjectLockLegalHoldStatusOff {
		return nil, s3Fail("MalformedXML")
	}
	_, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		o.Lock.LegalHold = in.LegalHold.Status == types.ObjectLockLegalHoldStatusOn
		return nil
	})
	return &s3.PutObjectLegalHoldOutput{}, err
}

// s3Lockable finds an object in a bucket that has object lock.
func s3Lockable(c *Call, b *s3store.Bucket, key, version *string) (*s3store.Object, error) {
	if !b.Locking() {
		return nil, s3Invalid("InvalidRequest", "Bucket is missing Object Lock Configuration")
	}
	o, err := b.Get(aws.ToString(key), aws.ToString(version))
	if err != nil {
		return nil, s3Missing(c, b, o, err)
	}
	return o, nil
}
