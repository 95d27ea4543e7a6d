package audit_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/audit"
)

var background = context.Background()

func BenchmarkAppend(b *testing.B) {
	for name, durable := range map[string]bool{"plain": false, "durable": true} {
		b.Run(name, func(b *testing.B) {
			f := open(b, filepath.Join(b.TempDir(), "audit.jsonl"))
			r := record(1)
			r.Durable = durable
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Append(background, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	f := open(b, filepath.Join(b.TempDir(), "audit.jsonl"))
	appendN(b, f, 10_000)
	b.ResetTimer()
	for b.Loop() {
		verify(b, f, 10_000)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/record")
}

func BenchmarkListNewest(b *testing.B) {
	f := open(b, filepath.Join(b.TempDir(), "audit.jsonl"))
	appendN(b, f, 10_000)
	b.ResetTimer()
	for b.Loop() {
		if page, err := f.List(background, audit.Filter{Limit: 20}); err != nil || len(page.Records) != 20 {
			b.Fatal(err)
		}
	}
}
