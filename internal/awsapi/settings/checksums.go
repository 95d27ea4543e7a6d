package settings

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

func (s Connection) checksumProblems(p *problems) {
	for _, setting := range []struct {
		name  string
		value Checksums
	}{{"request_checksum_calculation", s.RequestChecksums}, {"response_checksum_validation", s.ResponseChecksums}} {
		switch setting.value {
		case "", WhenSupported, WhenRequired:
		default:
			p.add(problem(setting.name, "%q is not a value of %s", setting.value, setting.name).WithFix("use %s or %s", WhenSupported, WhenRequired))
		}
	}
}
