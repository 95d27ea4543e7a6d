package s3

import (
	"context"
	"crypto/md5"  // S3's entity tags are MD5; nothing is trusted to it
	"crypto/sha1" // one of S3's checksums
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// same reports whether the other end holds the object already.
func (c *copying) same(ctx context.Context, source, there item) (bool, error) {
	switch {
	case source.size != there.size, there.link, there.hidden():
		return false, nil
	case c.in.removes && c.from.remote() && c.to.remote():
		return false, nil // metadata and tags may differ, and no tag need be of the content
	case !c.from.remote():
		return c.sameContent(ctx, c.from, source.name, c.to, there)
	case !c.to.remote():
		return c.sameContent(ctx, c.to, there.name, c.from, source)
	}
	return source.etag == there.etag || sameByAge(source, there), nil
}

// sameByAge decides between two objects of one size whose entity tags differ
// because they were written in different parts: the copy is the same if it was
// made after its original. Both times are S3's.
func sameByAge(source, there item) bool {
	parted := strings.Contains(source.etag, "-") || strings.Contains(there.etag, "-")
	return parted && there.modified.After(source.modified)
}

// sameContent compares a file with an object of the same size: by the entity tag if
// that is made of MD5s, else by a checksum that S3 keeps.
func (c *copying) sameContent(ctx context.Context, at end, name string, remote end, object item) (_ bool, err error) {
	file, size, err := openSource(at.files, at.at(name))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	content := interruptible{file, ctx}
	proof := checksum{text: object.etag, new: md5.New, encode: hex.EncodeToString}
	if ok, err := proof.proves(content, size); ok || err != nil {
		return ok, err
	}
	key := remote.at(object.name)
	head, err := remote.client.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: &remote.bucket, Key: &key, ChecksumMode: checksumMode(remote.client),
	})
	if err != nil {
		return false, err
	}
	for _, proof := range checksumsOf(head) {
		if ok, err := proof.proves(content, size); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// checksum is one that S3 keeps of an object: of its whole content, or with
// "-N" behind it of the checksums of its N parts.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
type checksum struct {
	text   string
	new    func() hash.Hash
	encode func([]byte) string
}

// checksumsOf lists the checksums in an answer.
func checksumsOf(head *s3.HeadObjectOutput) []checksum {
	base := base64.StdEncoding.EncodeToString
	nvme := func() hash.Hash { return crc64.New(crc64.MakeTable(crc64NVME)) }
	crc := func() hash.Hash { return crc32.NewIEEE() }
	crcC := func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }
	var told []checksum
	for _, known := range []struct {
		text *string
		new  func() hash.Hash
	}{
		{head.ChecksumCRC64NVME, nvme},
		{head.ChecksumCRC32, crc},
		{head.ChecksumCRC32C, crcC},
		{head.ChecksumSHA256, sha256.New},
		{head.ChecksumSHA1, sha1.New},
	} {
		if known.text != nil {
			told = append(told, checksum{*known.text, known.new, base})
		}
	}
	return told
}

// crc64NVME is the polynomial of the NVM Express specification, reversed.
const crc64NVME = 0x9a6c9329ac4bc9b5

// proves reports whether content of size bytes has the checksum. S3 does not
// tell how large the parts were, so the usual sizes are tried.
func (c checksum) proves(content io.ReadSeeker, size int64) (bool, error) {
	_, suffix, parted := strings.Cut(c.text, "-")
	if !parted {
		sum, err := c.of(content, size)
		return sum == c.text, err
	}
	count, err := strconv.ParseInt(suffix, 10, 32)
	if err != nil {
		return false, nil
	}
	for _, part := range partSizes(size, count) {
		sum, err := c.of(content, part)
		if err != nil || sum == c.text {
			return err == nil, err
		}
	}
	return false, nil
}

// partSizes lists the usual part sizes, ours and those of other tools, that give
// this number of parts.
func partSizes(size, count int64) []int64 {
	const MiB = 1 << 20
	var fit []int64
	for _, part := range []int64{partSize(size), 5 * MiB, 8 * MiB, 10 * MiB, 15 * MiB, 16 * MiB, 32 * MiB, 50 * MiB, 64 * MiB, 100 * MiB, 128 * MiB} {
		if (size+part-1)/part == count {
			fit = append(fit, part)
		}
	}
	return fit
}

// of reckons the checksum of content: plain, or where c is of parts, of parts
// of a size.
func (c checksum) of(content io.ReadSeeker, part int64) (string, error) {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	if !strings.Contains(c.text, "-") {
		sum := c.new()
		_, err := io.Copy(sum, content)
		return c.encode(sum.Sum(nil)), err
	}
	whole := c.new()
	for count := 0; ; count++ {
		one := c.new()
		n, err := io.CopyN(one, content, part)
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return "", err
		case n > 0:
			whole.Write(one.Sum(nil))
		}
		if n < part {
			if n > 0 {
				count++
			}
			return fmt.Sprintf("%s-%d", c.encode(whole.Sum(nil)), count), nil
		}
	}
}

// interruptible is a file whose reading ends with a context.
type interruptible struct {
	io.ReadSeeker
	ctx context.Context
}

// Read returns the context's error once it has ended.
func (r interruptible) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.ReadSeeker.Read(b)
}
