package s3

import (
	"cmp"
	"context"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// item is one file or object at an end of a copy.
type item struct {
	name     string // below the end's root, with slashes
	size     int64
	etag     string      // S3's entity tag, of an object
	modified time.Time   // S3's, of an object; of a file, its own
	info     fs.FileInfo // of a file; of a link that may be written over, the link's
	link     bool        // what may be written over is a symbolic link
	within   fs.FileInfo // the directory that its file is to stand in
	odd      string      // why there is nothing to copy, if there is nothing
	bad      error       // why it cannot be copied, if it cannot
	null     *nullItem   // what a write replaces, of an object that was listed by its versions
}

// notUTF8 returns the failure of a file whose name cannot be a key.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
func notUTF8(name string) error {
	return fault.New(fault.Invalid, "the name %q is not UTF-8", name).
		WithCause("S3's keys are UTF-8").WithFix("rename it; what is in a directory of such a name is not copied either")
}

// walk returns the files or objects of an end, in the byte order of their names.
// S3 lists in this order, so two ends can be compared while they are read, in
// constant memory.
func (e end) walk(ctx context.Context) iter.Seq2[item, error] {
	switch {
	case e.only != "":
		return e.walkOne(ctx)
	case e.remote():
		return e.list(ctx, e.root, objectPage)
	default:
		return func(yield func(item, error) bool) { e.walkDir(ctx, e.root, "", yield) }
	}
}

// walkOne returns the end's one file or object, where there is one.
func (e end) walkOne(ctx context.Context) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		if !e.remote() {
			if info, err := e.files.Stat(e.at("")); err == nil {
				yield(item{name: e.only, size: info.Size(), modified: info.ModTime(), info: info}, nil)
			}
			return
		}
		for i, err := range e.list(ctx, e.at(""), 1) {
			if err != nil || i.name == "" { // of all keys that begin with it, the object's own comes first
				i.name = e.only
				yield(i, err)
			}
			return
		}
	}
}

// list returns the objects of a prefix, named by the rest of their keys.
func (e end) list(ctx context.Context, prefix string, page int32) iter.Seq2[item, error] {
	if e.versions {
		return e.listVersions(ctx, prefix)
	}
	return func(yield func(item, error) bool) {
		in := &s3.ListObjectsV2Input{
			Bucket: &e.bucket, Prefix: kit.Optional(prefix), EncodingType: types.EncodingTypeUrl, MaxKeys: &page,
		}
		pages, followed := s3.NewListObjectsV2Paginator(e.client, in), map[string]bool{}
		for pages.HasMorePages() {
			out, err := pages.NextPage(ctx)
			if err == nil && followed[aws.ToString(out.NextContinuationToken)] {
				err = tool.ErrCircle()
			}
			if err != nil {
				yield(item{}, kit.Explain(ctx, err))
				return
			}
			if out.NextContinuationToken != nil {
				followed[*out.NextContinuationToken] = true
			}
			for _, o := range out.Contents {
				key := decodedKey(out.EncodingType, o.Key)
				i := item{
					name: strings.TrimPrefix(key, prefix), size: aws.ToInt64(o.Size),
					etag: kit.Unquoted(o.ETag), modified: aws.ToTime(o.LastModified),
				}
				if !yield(i, nil) {
					return
				}
			}
		}
	}
}

// walkDir returns the files of a directory and those below. It reports whether to
// go on.
func (e end) walkDir(ctx context.Context, dir, below string, yield func(item, error) bool) bool {
	entries, err := e.files.ReadDir(dir)
	if err != nil {
		return yield(item{name: below, bad: err}, nil)
	}
	if err := ctx.Err(); err != nil {
		return yield(item{name: below}, err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	for _, entry := range entries {
		if !e.visit(ctx, dir, below+entry.Name(), entry, yield) {
			return false
		}
	}
	return true
}

// sortName sorts a directory as the names below it sort.
func sortName(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}

func (e end) visit(ctx context.Context, dir, name string, entry fs.DirEntry, yield func(item, error) bool) bool {
	if !utf8.ValidString(entry.Name()) {
		return yield(item{name: name, bad: notUTF8(name)}, nil)
	}
	if entry.IsDir() {
		return e.walkDir(ctx, path.Join(dir, entry.Name()), name+"/", yield)
	}
	return yield(e.look(name, entry), nil)
}

// look returns what a directory's entry is. An entry that may not be accessed is
// a failure of its own.
func (e end) look(name string, entry fs.DirEntry) item {
	i := item{name: name}
	info, err := entry.Info()
	switch {
	case files.IsPartial(entry.Name()):
		i.odd = "a file that was not written to its end"
	case entry.Type()&fs.ModeSymlink != 0:
		if _, err := e.files.Stat(name); err != nil {
			i.bad = err
		} else {
			i.odd = "a symbolic link to what lies in the tree itself"
		}
	case !entry.Type().IsRegular():
		i.bad = fault.New(fault.Invalid, "%q is neither a file nor a directory", name).WithFix("leave it out with --exclude")
	case err != nil:
		i.odd = "gone while it was listed"
	default:
		i.size, i.modified, i.info = info.Size(), info.ModTime(), info
		if err := e.files.Owns(name, info); err != nil {
			i.bad = err
		}
	}
	return i
}
