package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
)

// sideBySide is how many small objects travel at once, with every program.
const sideBySide = 16

// child does one kind of work with one program: the process behind one measurement.
func child(ctx context.Context, args []string) error {
	if len(args) != 5 {
		return errors.New("a child takes program, work, endpoint, directory and prefix")
	}
	program, work, endpoint, dir, prefix := args[0], args[1], args[2], args[3], args[4]
	if program == "bare" {
		return timed(func() error { return bare(ctx, work, endpoint, dir, prefix) })
	}
	return hawser(ctx, work, endpoint, dir, prefix)
}

func bucket() *string { return aws.String("bench") }

// bareClient has the idle connections raised as Hawser's has: with the SDK's
// ten, a loopback server sees connections closed and opened all the time.
func bareClient(endpoint string) *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(user, word, ""),
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 256, 64
		}),
	})
}

// bare does the work with the SDK's transfer manager and nothing else.
func bare(ctx context.Context, work, endpoint, dir, prefix string) error {
	manager := transfermanager.New(bareClient(endpoint))
	names, err := listing(ctx, work, endpoint, dir, prefix)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	for _, name := range names {
		group.Go(func() error {
			path, key := filepath.Join(dir, name), prefix+name
			if strings.HasPrefix(work, "put") {
				return barePut(ctx, manager, path, key)
			}
			return bareGet(ctx, manager, path, key)
		})
	}
	return group.Wait()
}

// listing names what is to be moved.
func listing(ctx context.Context, work, endpoint, dir, prefix string) ([]string, error) {
	var names []string
	if strings.HasPrefix(work, "put") {
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names, err
	}
	pages := s3.NewListObjectsV2Paginator(bareClient(endpoint), &s3.ListObjectsV2Input{Bucket: bucket(), Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			names = append(names, strings.TrimPrefix(*o.Key, prefix))
		}
	}
	return names, nil
}

func barePut(ctx context.Context, m *transfermanager.Client, path, key string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = m.UploadObject(ctx, &transfermanager.UploadObjectInput{Bucket: bucket(), Key: &key, Body: file})
	return err
}

func bareGet(ctx context.Context, m *transfermanager.Client, path, key string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = m.DownloadObject(ctx, &transfermanager.DownloadObjectInput{Bucket: bucket(), Key: &key, WriterAt: file})
	return errors.Join(err, file.Close())
}

// hawser does the work as every door does it: one call through the registry.
// Put and get of the large object are those tools; the small ones are s3.cp.
func hawser(ctx context.Context, work, endpoint, dir, prefix string) error {
	registry, err := newRegistry(endpoint, dir)
	if err != nil {
		return err
	}
	files, err := files.Open(dir, nil)
	if err != nil {
		return err
	}
	there := "s3://" + *bucket() + "/" + prefix
	calls := map[string]struct {
		tool string
		in   map[string]any
	}{
		"put-small": {"s3.cp", map[string]any{"from": ".", "to": there}},
		"get-small": {"s3.cp", map[string]any{"from": there, "to": "."}},
		"put-big":   {"s3.put", map[string]any{"bucket": *bucket(), "key": prefix + "object", "from_file": "object"}},
		"get-big":   {"s3.get", map[string]any{"bucket": *bucket(), "key": prefix + "object", "to_file": "object"}},
	}
	call := calls[work]
	input, err := json.Marshal(call.in)
	if err != nil {
		return err
	}
	return timed(func() error {
		_, err := registry.Call(ctx, tool.Request{
			Tool: call.tool, Input: input, Files: files, Caller: caller.Caller{Door: "bench", Actor: "bench", Role: caller.Admin},
		})
		return err
	})
}

// empty deletes the objects of a prefix.
func empty(ctx context.Context, endpoint, prefix string) error {
	names, err := listing(ctx, "get", endpoint, "", prefix)
	if err != nil {
		return err
	}
	client := bareClient(endpoint)
	for _, name := range names {
		key := prefix + name
		if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket(), Key: &key}); err != nil {
			return err
		}
	}
	return nil
}

func newRegistry(endpoint, dir string) (*tool.Registry, error) {
	pool := awsapi.NewPool(map[string]awsapi.Settings{"bench": {
		Source: settings.Keys, AccessKeyID: settings.NewSecret(user), SecretAccessKey: settings.NewSecret(word),
		Region: "us-east-1", Endpoint: endpoint, Account: "123456789012", AllowRoot: true,
	}})
	log, err := audit.Open(filepath.Join(filepath.Dir(dir), fmt.Sprintf("audit-%d.jsonl", os.Getpid())))
	if err != nil {
		return nil, err
	}
	tools := toolbox.Tools(toolbox.Sources{Pool: func() (*awsapi.Pool, error) { return pool, nil }})
	return tool.NewRegistry(tools, tool.Options{Log: log})
}
