package s3

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// location is the source or destination of a copy as it was written:
// s3://bucket/key, or a path.
type location struct{ bucket, key, path string }

func (l location) remote() bool { return l.bucket != "" }

func parseLocation(field, text string) (location, error) {
	bucket, key, remote := kit.S3URI(text)
	if !remote {
		return location{path: text}, nil
	}
	if err := kit.CheckBucket(bucket); err != nil {
		return location{}, fault.From(err).At(field)
	}
	return location{bucket: bucket, key: key}, checkKey(field, key)
}

// end is a location that was resolved: a folder with files below root or, if only is
// set, one file in it.
type end struct {
	bucket string
	client *s3.Client // of the bucket's region
	// files is the open directory of a tree. If only is set for a source, it is
	// the files that the call may use. It is nil if nothing exists yet.
	files *files.Access
	root  string // the beginning of keys, or a slashed path in files
	only  string
	shown string // the directory as it was written, for people
	// versions lists objects by their versions, to find those called null.
	versions bool
}

func (e end) remote() bool { return e.bucket != "" }

// at returns the key or path of a name.
func (e end) at(name string) string {
	if e.only != "" {
		name = e.only
	}
	if e.remote() {
		return e.root + name
	}
	return path.Join(e.root, name)
}

// show names a file or object for people.
func (e end) show(name string) string {
	if e.remote() {
		return objectURL(e.bucket, e.at(name))
	}
	if e.only != "" {
		name = e.only
	}
	return filepath.Join(e.shown, filepath.FromSlash(name))
}

// narrow makes the end the one file that its root names.
func (e end) narrow() end {
	e.root, e.only = path.Split(e.root)
	e.shown = filepath.Dir(e.shown)
	return e
}

// reach connects an end: S3 is asked once, which finds the bucket's region and
// whether it may be listed; a path must lie in the directory for files.
func (b *box) reach(ctx context.Context, call *tool.Call, target tool.Target, p location) (e end, note string, err error) {
	if !p.remote() {
		e.files, e.shown = call.Files, filepath.Clean(p.path)
		e.root, err = e.files.Path(p.path)
		e.root = filepath.ToSlash(e.root)
		return e, "", err
	}
	e = end{bucket: p.bucket, root: p.key}
	note, err = b.atBucket(ctx, target, p.bucket, func(client *s3.Client) error {
		e.client = client
		_, err := listObjects(ctx, client, listInput{Bucket: p.bucket, Prefix: p.key}, "", 1)
		return err
	})
	return e, note, err
}

// source decides whether a location is one file or object, or a tree.
func (e end) source(ctx context.Context) (end, error) {
	if !e.remote() {
		return e.localSource()
	}
	switch {
	case e.root == "":
		return e, nil
	case strings.HasSuffix(e.root, "/"):
		for _, err := range e.list(ctx, e.root, 1) {
			return e, err
		}
		return end{}, fault.New(fault.NotFound, "there is no object below %s", e.show("")).At("from").WithFix("check with hawser s3 list")
	}
	for _, err := range e.narrow().walk(ctx) {
		return e.narrow(), err
	}
	e.root += "/"
	for _, err := range e.list(ctx, e.root, 1) {
		return e, err
	}
	return end{}, fault.New(fault.NotFound, "there is neither an object nor a folder %s", strings.TrimSuffix(e.show(""), "/")).
		At("from").WithFix("check with hawser s3 list")
}

func (e end) localSource() (end, error) {
	info, err := e.files.Stat(e.root)
	switch {
	case err != nil:
		return end{}, err
	case info.IsDir():
		return e.enter()
	case info.Mode().IsRegular():
		return e.narrow(), nil
	}
	return end{}, fault.New(fault.Invalid, "%q is neither a file nor a directory", e.root).At("from")
}

// enter makes a directory the root of its own tree, which nothing leaves.
func (e end) enter() (end, error) {
	files, err := e.files.Below(e.root)
	e.files, e.root = files, "."
	return e, err
}

// sink prepares a destination for a tree, or for the one file called single.
// Written is the location as it was written: a slash at its end means a folder. A
// missing directory is created, unless this is a dry run.
func (e end) sink(written, single string, dryRun bool) (end, error) {
	if !e.remote() {
		return e.localSink(written, single, dryRun)
	}
	if single == "" && e.root != "" && !strings.HasSuffix(e.root, "/") {
		e.root += "/"
	}
	if single != "" && e.root != "" && !strings.HasSuffix(written, "/") {
		return e.narrow(), nil
	}
	return e, nil
}

func (e end) localSink(written, single string, dryRun bool) (end, error) {
	if single != "" && !strings.HasSuffix(filepath.ToSlash(written), "/") {
		info, err := e.files.Stat(e.root)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return end{}, err
		}
		if err != nil || !info.IsDir() {
			e = e.narrow()
			e.root = path.Clean(e.root)
		}
	}
	if _, err := e.files.Stat(e.root); dryRun && errors.Is(err, fault.NotFound) {
		e.files, e.root = nil, "."
		return e, nil
	}
	if err := e.files.MkdirAll(e.root); err != nil {
		return end{}, err
	}
	return e.enter()
}
