// Command gen distils botocore's service descriptions into the embedded files
// of package model: documentation and client-side traits go, and of the large
// services only the shapes reachable from the operations that the lists
// beside it name stay. Every operation keeps its name and HTTP binding.
//
//	go run ./internal/awssim/model/gen -botocore DIR -out internal/awssim/model
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

func main() {
	botocore := flag.String("botocore", "", "botocore's package directory; asked of python3 when empty")
	out := flag.String("out", ".", "directory of package model")
	flag.Parse()
	if err := run(*botocore, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(botocore, out string) error {
	if botocore == "" {
		path, err := exec.Command("python3", "-c", "import botocore,os;print(os.path.dirname(botocore.__file__))").Output()
		if err != nil {
			return fmt.Errorf("no -botocore given and python3 knows none: %w", err)
		}
		botocore = strings.TrimSpace(string(path))
	}
	services, err := readList(filepath.Join(out, "gen", "services.txt"))
	if err != nil {
		return err
	}
	signing := make(map[string]string)
	for _, name := range services {
		s, err := distil(botocore, out, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		signing[s.signingName()] = name
	}
	text, err := json.MarshalIndent(signing, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "signing.json"), append(text, '\n'), 0o644)
}

// distil writes one service's file and gives what it wrote.
func distil(botocore, out, name string) (*source, error) {
	src, err := readService(filepath.Join(botocore, "data", name))
	if err != nil {
		return nil, err
	}
	keep, err := readList(filepath.Join(out, "gen", name+".operations.txt"))
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	dst, err := src.trim(keep)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(dst)
	if err != nil {
		return nil, err
	}
	packed, err := pack(text)
	if err != nil {
		return nil, err
	}
	return dst, os.WriteFile(filepath.Join(out, name+".json.gz"), packed, 0o644)
}

// pack compresses without a time, so that equal text gives equal bytes.
func pack(text []byte) ([]byte, error) {
	var packed bytes.Buffer
	zw, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(text); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// readService reads the newest version of a service's description.
func readService(dir string) (*source, error) {
	versions, err := filepath.Glob(filepath.Join(dir, "*", "service-2.json.gz"))
	if err != nil || len(versions) == 0 {
		return nil, fmt.Errorf("no service-2.json.gz under %s", dir)
	}
	sort.Strings(versions)
	f, err := os.Open(versions[len(versions)-1])
	if err != nil {
		return nil, err
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	s := new(source)
	return s, json.NewDecoder(zr).Decode(s)
}

// readList reads words, one a line; # starts a comment.
func readList(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var words []string
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		words = append(words, strings.Fields(line)...)
	}
	return words, nil
}
