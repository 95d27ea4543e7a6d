package awsapi

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Checksums says when S3's checksums are used. Stores that are not AWS's own may
// know none: with WhenRequired they are sent and asked for only where an
// operation demands one.
//
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html
type Checksums string

// The values of Checksums, as AWS's own files have them.
const (
	WhenSupported Checksums = "when_supported"
	WhenRequired  Checksums = "when_required"
)

// checksumOptions are what the settings say of checksums.
func (s Settings) checksumOptions() []func(*config.LoadOptions) error {
	var options []func(*config.LoadOptions) error
	switch s.RequestChecksums {
	case WhenSupported:
		options = append(options, config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenSupported))
	case WhenRequired:
		options = append(options, config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenRequired))
	}
	switch s.ResponseChecksums {
	case WhenSupported:
		options = append(options, config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenSupported))
	case WhenRequired:
		options = append(options, config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenRequired))
	}
	return options
}

func (s Settings) checksumProblems(p *problems) {
	for _, setting := range []struct {
		name  string
		value Checksums
	}{{"request_checksum_calculation", s.RequestChecksums}, {"response_checksum_validation", s.ResponseChecksums}} {
		switch setting.value {
		case "", WhenSupported, WhenRequired:
		default:
			p.at(setting.name, "%q is no value of %s", setting.value, setting.name).WithFix("use %s or %s", WhenSupported, WhenRequired)
		}
	}
}
