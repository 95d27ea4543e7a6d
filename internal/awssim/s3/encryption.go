package s3

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// defaultEncryption is what every new bucket has.
func defaultEncryption() *types.ServerSideEncryptionConfiguration {
	return &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
		BucketKeyEnabled:                   aws.Bool(false),
	}}}
}

// encryptionOf is how a new object is kept: as its headers say, else as the
// bucket does by default.
func encryptionOf(h http.Header, b *s3store.Bucket) (s3store.Encryption, error) {
	algorithm := h.Get("X-Amz-Server-Side-Encryption")
	customer, err := customerKey(h, "X-Amz-Server-Side-Encryption-Customer-")
	switch {
	case err != nil || customer != "":
		return s3store.Encryption{CustomerKey: customer}, err
	case algorithm != "" && !slices.Contains(types.ServerSideEncryption("").Values(), types.ServerSideEncryption(algorithm)):
		return s3store.Encryption{}, argument("x-amz-server-side-encryption", algorithm, "The encryption method specified is not supported")
	case algorithm != "":
		return s3store.Encryption{
			Algorithm: algorithm, KMSKey: h.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"),
			Context: h.Get("X-Amz-Server-Side-Encryption-Context"), BucketKey: h.Get("X-Amz-Server-Side-Encryption-Bucket-Key-Enabled") == "true",
		}, nil
	}
	e := s3store.Encryption{Algorithm: string(types.ServerSideEncryptionAes256)}
	cfg := s3store.Config[types.ServerSideEncryptionConfiguration](b)
	if cfg == nil || len(cfg.Rules) == 0 || cfg.Rules[0].ApplyServerSideEncryptionByDefault == nil {
		return e, nil
	}
	d := cfg.Rules[0].ApplyServerSideEncryptionByDefault
	e.Algorithm, e.KMSKey, e.BucketKey = string(d.SSEAlgorithm), aws.ToString(d.KMSMasterKeyID), aws.ToBool(cfg.Rules[0].BucketKeyEnabled)
	return e, nil
}

// customerKey reads an SSE-C key and gives its MD5; the key itself is not
// kept. prefix is that of the three headers.
func customerKey(h http.Header, prefix string) (string, error) {
	algorithm, key, sum := h.Get(prefix+"Algorithm"), h.Get(prefix+"Key"), h.Get(prefix+"Key-Md5")
	if algorithm == "" && key == "" && sum == "" {
		return "", nil
	}
	if algorithm != "AES256" {
		return "", argument("x-amz-server-side-encryption-customer-algorithm", algorithm, "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.")
	}
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(raw) != 32 {
		return "", argument("x-amz-server-side-encryption-customer-key", "null", "The secret key was invalid for the specified algorithm.")
	}
	digest := md5.Sum(raw)
	if base64.StdEncoding.EncodeToString(digest[:]) != sum {
		return "", argument("x-amz-server-side-encryption-customer-key-MD5", sum, "The calculated MD5 hash of the key did not match the hash that was provided.")
	}
	return sum, nil
}

// checkCustomerKey lets only those read an object who have its SSE-C key.
func checkCustomerKey(h http.Header, prefix string, o *s3store.Object) error {
	sum, err := customerKey(h, prefix)
	switch want := o.Encryption.CustomerKey; {
	case err != nil:
		return err
	case want == "" && sum != "":
		return invalid("InvalidRequest", "The encryption parameters are not applicable to this object.")
	case want != "" && sum == "":
		return invalid("InvalidRequest", "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.")
	case subtle.ConstantTimeCompare([]byte(want), []byte(sum)) != 1:
		return fail("AccessDenied")
	}
	return nil
}

func customerAlgorithm(e s3store.Encryption) *string {
	if e.CustomerKey == "" {
		return nil
	}
	return aws.String("AES256")
}

func bucketKey(e s3store.Encryption) *bool {
	if !e.BucketKey {
		return nil
	}
	return aws.Bool(true)
}
