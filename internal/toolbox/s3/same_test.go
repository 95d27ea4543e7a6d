package s3

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// TestChecksumsProveContent holds our reckoning against values that others
// published.
func TestChecksumsProveContent(t *testing.T) {
	check := []byte("123456789") // the check word of the CRC catalogue
	tests := map[string]*s3.HeadObjectOutput{
		"CRC32":     {ChecksumCRC32: base("cbf43926")},
		"CRC32C":    {ChecksumCRC32C: base("e3069283")},
		"CRC64NVME": {ChecksumCRC64NVME: base("ae8b14860a799888")},
		"SHA1":      {ChecksumSHA1: base("f7c3bc1d808e04732adf679965ccc34ca7ae3441")},
		"SHA256":    {ChecksumSHA256: base("15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225")},
	}
	for name, head := range tests {
		sums := checksumsOf(head)
		if len(sums) != 1 {
			t.Fatalf("%s: %d checksums", name, len(sums))
		}
		if ok, err := sums[0].proves(bytes.NewReader(check), int64(len(check))); !ok || err != nil {
			t.Errorf("%s: %s is not proved: %v", name, sums[0].text, err)
		}
		if ok, err := sums[0].proves(strings.NewReader("123456788"), 9); ok || err != nil {
			t.Errorf("%s proves other content: %v", name, err)
		}
	}
}

// base gives hexadecimal digits as S3 writes them.
func base(digits string) *string {
	raw, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	text := base64.StdEncoding.EncodeToString(raw)
	return &text
}

func TestEntityTagsOfPartsProveContent(t *testing.T) {
	content := bytes.Repeat([]byte("ahoy"), 5<<20/4*3) // 15 MiB
	for tag, want := range map[string]bool{
		partedTag(content, 5<<20):                                      true,
		partedTag(content, 8<<20):                                      true,
		partedTag(content, 7<<20):                                      false, // no usual size
		strings.Replace(partedTag(content, 8<<20), "-2", "-x", 1):      false,
		hex.EncodeToString(md5.New().Sum(nil)):                         false,
		partedTag(append(bytes.Clone(content[1:]), content[0]), 8<<20): false,
	} {
		sum := checksum{text: tag, new: md5.New, encode: hex.EncodeToString}
		if got, err := sum.proves(bytes.NewReader(content), int64(len(content))); got != want || err != nil {
			t.Errorf("%s: %v, %v", tag, got, err)
		}
	}
}

// partedTag reckons as S3's documentation says: the MD5 of the parts' MD5s.
func partedTag(content []byte, part int) string {
	var sums []byte
	count := 0
	for rest := content; len(rest) > 0; count++ {
		n := min(part, len(rest))
		sum := md5.Sum(rest[:n])
		sums, rest = append(sums, sum[:]...), rest[n:]
	}
	whole := md5.Sum(sums)
	return hex.EncodeToString(whole[:]) + "-" + string(rune('0'+count))
}
