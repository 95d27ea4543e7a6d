package s3store

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"strconv"

	"github.com/cespare/xxhash/v2"
	"github.com/zeebo/xxh3"
)

// Algorithm is a checksum algorithm by S3's name.
type Algorithm string

// The algorithms of "Checking object integrity in Amazon S3".
const (
	CRC32     Algorithm = "CRC32"
	CRC32C    Algorithm = "CRC32C"
	CRC64NVME Algorithm = "CRC64NVME"
	MD5       Algorithm = "MD5"
	SHA1      Algorithm = "SHA1"
	SHA256    Algorithm = "SHA256"
	SHA512    Algorithm = "SHA512"
	XXHash64  Algorithm = "XXHASH64"
	XXHash3   Algorithm = "XXHASH3"
	XXHash128 Algorithm = "XXHASH128"
)

// Algorithms lists all of them.
func Algorithms() []Algorithm {
	return []Algorithm{CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHash64, XXHash3, XXHash128}
}

// nvme is the polynomial of CRC-64/NVME, bits reversed as hash/crc64 wants it.
const nvme = 0x9a6c9329ac4bc9b5

// newHash makes the algorithm's hash; nil for an algorithm that is none.
func (a Algorithm) newHash() hash.Hash {
	switch a {
	case CRC32:
		return crc32.NewIEEE()
	case CRC32C:
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case CRC64NVME:
		return crc64.New(crc64.MakeTable(nvme))
	case MD5:
		return md5.New()
	case SHA1:
		return sha1.New()
	case SHA256:
		return sha256.New()
	case SHA512:
		return sha512.New()
	case XXHash64:
		return xxhash.New()
	case XXHash3:
		return xxh3.New()
	case XXHash128:
		return xxh128{xxh3.New()}
	}
	return nil
}

// Known reports whether a is one of Algorithms.
func (a Algorithm) Known() bool { return a.newHash() != nil }

// Size is the length of the algorithm's sums in bytes; 0 for one not Known.
func (a Algorithm) Size() int {
	if h := a.newHash(); h != nil {
		return h.Size()
	}
	return 0
}

// Combinable reports whether checksums of parts give the whole's.
func (a Algorithm) Combinable() bool { return a == CRC32 || a == CRC32C || a == CRC64NVME }

// xxh128 is XXH3 with its 128-bit sum, most significant byte first.
type xxh128 struct{ *xxh3.Hasher }

func (h xxh128) Size() int { return 16 }

func (h xxh128) Sum(b []byte) []byte {
	sum := h.Sum128().Bytes()
	return append(b, sum[:]...)
}

// Checksum is an object's or a part's additional checksum.
type Checksum struct {
	Algorithm Algorithm
	// Value is in base64; a composite one ends in "-" and the number of parts.
	Value string
	// Composite tells that Value is the checksum of the parts' checksums.
	Composite bool
}

// composite gives the checksum of the parts' checksums, of which there are n.
func composite(a Algorithm, parts []*Part) string {
	h := a.newHash()
	for _, p := range parts {
		raw, err := base64.StdEncoding.DecodeString(p.Checksum.Value)
		if err != nil {
			return ""
		}
		h.Write(raw)
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(parts))
}

// whole gives the checksum of the parts' bytes in a row from their checksums.
func whole(a Algorithm, parts []*Part) string {
	var sum uint64
	width, poly := 8, uint64(nvme)
	switch a {
	case CRC32:
		width, poly = 4, crc32.IEEE
	case CRC32C:
		width, poly = 4, crc32.Castagnoli
	}
	var shift matrix
	length := int64(-1) // that shift is for; all parts but the last are mostly alike
	for _, p := range parts {
		raw, err := base64.StdEncoding.DecodeString(p.Checksum.Value)
		if err != nil || len(raw) != width {
			return ""
		}
		if p.Size != length {
			shift, length = shiftBy(poly, p.Size), p.Size
		}
		sum = shift.times(sum) ^ binary.BigEndian.Uint64(append(make([]byte, 8-width, 8), raw...))
	}
	var out [8]byte
	binary.BigEndian.PutUint64(out[:], sum)
	return base64.StdEncoding.EncodeToString(out[8-width:])
}

// matrix is 64 by 64 over GF(2); each element is a column.
type matrix [64]uint64

// shiftBy gives the map from a text's CRC to what it adds to the CRC of a text
// that goes on for length bytes more. A zero bit appended is a linear map over
// GF(2); squaring it again and again reaches any length.
func shiftBy(poly uint64, length int64) matrix {
	var step, total matrix
	step[0], total[0] = poly, 1
	for i := 1; i < 64; i++ {
		step[i], total[i] = 1<<(i-1), 1<<i
	}
	for bits := uint64(length) * 8; bits > 0; bits >>= 1 {
		if bits&1 == 1 {
			total = step.after(&total)
		}
		step = step.after(&step)
	}
	return total
}

func (m *matrix) times(v uint64) uint64 {
	var sum uint64
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 == 1 {
			sum ^= m[i]
		}
	}
	return sum
}

// after is the map that does first, then m.
func (m *matrix) after(first *matrix) matrix {
	var out matrix
	for i, column := range first {
		out[i] = m.times(column)
	}
	return out
}
