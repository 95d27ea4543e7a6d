package s3

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	tmtypes "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
)

// How objects travel. An upload holds parallelParts+1 parts in memory, which
// together with the program's own needs stays under 100 MiB.
const (
	minPart       = 8 << 20
	parallelParts = 4
	// parallelGets is how many parts of a download travel at once; they go
	// straight to the file and hold next to nothing.
	parallelGets = 8
	maxParts     = 10_000
	// cleanUp is how long an interrupted upload may take to remove its parts,
	// which would cost money otherwise.
	cleanUp = 10 * time.Second
)

// partSize returns the size of an object's parts: the smallest that needs no more
// parts than S3 takes.
func partSize(size int64) int64 {
	if size <= minPart*maxParts {
		return minPart
	}
	const MiB = 1 << 20
	return (size/maxParts/MiB + 1) * MiB
}

// transfer moves one object between S3 and this machine.
type transfer struct {
	client  *s3.Client
	buffers *buffers
	size    int64  // of the object, where known
	looked  looked // in which state the object to read was seen
	watch   func(done, total int64)
}

// manager makes the transfer manager for the object. Parts larger than usual
// travel fewer at a time, so that memory stays flat for objects up to 5 TiB.
func (t transfer) manager(client transfermanager.S3APIClient) *transfermanager.Client {
	part := partSize(t.size)
	return transfermanager.New(client, func(o *transfermanager.Options) {
		o.PartSizeBytes = part
		o.MultipartUploadThreshold = part
		o.Concurrency = max(1, int(parallelParts*minPart/part))
		o.FailTimeout = cleanUp
		o.RequestChecksumCalculation = t.client.Options().RequestChecksumCalculation
		o.ObjectProgressListeners.Register(progressListener(t.watch))
	})
}

// download writes an object, or the range that in names as "bytes=A-B", part
// by part. Each part's checksum is verified where S3 holds one and checksumMode asks
// for it. It fails as a conflict if the object is no longer as it was looked at.
func (t transfer) download(ctx context.Context, in *transfermanager.DownloadObjectInput) (*transfermanager.DownloadObjectOutput, error) {
	wanted, err := parseRange(aws.ToString(in.Range))
	if err != nil {
		return nil, err
	}
	broken, came := &cause{}, newPieces(t.looked)
	in.WriterAt = target{in.WriterAt, broken}
	out, err := t.manager(watchedClient{t.client, came, broken, t.buffers}).DownloadObject(ctx, in, func(o *transfermanager.Options) {
		o.Concurrency = parallelGets
		if in.Range != nil {
			o.GetObjectType = tmtypes.GetObjectRanges
		}
	})
	if err != nil {
		return nil, unmatched(ctx, t.looked.match(), broken.of(err))
	}
	return out, came.join(wanted)
}

// upload sends body, with a checksum for every part unless the connection wants
// none that is not required.
func (t transfer) upload(ctx context.Context, in *transfermanager.UploadObjectInput) (*transfermanager.UploadObjectOutput, error) {
	out, err := t.manager(t.client).UploadObject(ctx, in)
	var begun interface{ UploadID() string }
	if errors.As(err, &begun) {
		t.sweep(ctx, in.Bucket, in.Key, begun.UploadID())
	}
	return out, err
}

// sweep makes sure that a failed upload leaves no parts behind. The transfer
// manager aborts it once, but parts may arrive after that, so it is aborted until
// S3 no longer knows it. If S3 cannot be reached, a lifecycle rule of the bucket
// has to do it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
func (t transfer) sweep(ctx context.Context, bucket, key *string, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	for range 10 {
		time.Sleep(100 * time.Millisecond)
		_, err := t.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: &id})
		if err != nil {
			return
		}
	}
}

// progressListener hands the transfer manager's news on.
type progressListener func(done, total int64)

// OnObjectBytesTransferred implements
// transfermanager.ObjectBytesTransferredListener.
func (l progressListener) OnObjectBytesTransferred(_ context.Context, e *transfermanager.ObjectBytesTransferredEvent) {
	if l != nil {
		l(e.BytesTransferred, e.TotalBytes)
	}
}

// progressOf reports a transfer's bytes under a subject.
func progressOf(call *tool.Call, subject string) func(done, total int64) {
	return func(done, total int64) {
		call.Progress(tool.Progress{Subject: subject, Done: done, Total: max(total, 0), Unit: "bytes"})
	}
}

// empty reports whether a file is empty by its size. Files that the system
// generates when they are read, such as those below /proc, have the size 0 too.
func empty(file *os.File) bool {
	n, _ := file.ReadAt(make([]byte, 1), 0)
	return n == 0
}

// openSource opens a regular file to send, and gives its size.
func openSource(files *files.Access, name string) (source, int64, error) {
	file, err := files.Open(name)
	if err != nil {
		return source{}, 0, err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() {
		if info.Size() > 0 || empty(file) {
			return source{file, info}, info.Size(), nil
		}
		err = errors.New("its size is said to be 0, and it holds something")
	}
	_ = file.Close()
	return source{}, 0, fault.Wrap(err, fault.Invalid, "%q is not a regular file", name).WithFix("name a file, not a directory or device")
}
