package table_test

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/store/export/exporttest"
	"github.com/hawser/hawser/internal/store/table"
)

// BenchmarkGrants writes a million grants in each format: 20,000 users' of
// 5,000 permission sets on accounts.
func BenchmarkGrants(b *testing.B) {
	const rows = 1_000_000
	for _, format := range table.Formats() {
		b.Run(string(format), func(b *testing.B) {
			var size int64
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "grants")
				if err := exporttest.Tables(b.Context(), path, format, grants(rows)); err != nil {
					b.Fatal(err)
				}
				info, err := os.Stat(path)
				if err != nil {
					b.Fatal(err)
				}
				size = info.Size()
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(size)/(1<<20), "MiB")
		})
	}
}

func grants(n int) table.Table {
	columns := []table.Column{
		{Name: "principal"},
		{Name: "principal_name"},
		{Name: "account"},
		{Name: "entitlement"},
		{Name: "direct", Type: table.Bool},
		{Name: "since", Type: table.Time},
		{Name: "run", Type: table.Int},
		{Name: "via", Type: table.JSON},
	}
	return table.Table{Name: "grants", Columns: columns, Indexes: [][]string{{"principal"}, {"entitlement", "account"}}, Rows: grantRows(n)}
}

func grantRows(n int) iter.Seq2[table.Row, error] {
	const users, held = 20_000, 5_000
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return func(yield func(table.Row, error) bool) {
		row := make(table.Row, 8)
		for i := range n {
			user := i % users
			row[0] = fmt.Sprintf("d-1234567890/%08x-0000-4000-8000-%012x", user, user)
			row[1] = fmt.Sprintf("user-%05d@example.com", user)
			row[2] = fmt.Sprintf("%012d", 100_000_000_000+i/users*97)
			row[3] = fmt.Sprintf("arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-%016x", i*7919%held)
			row[4] = i%3 == 0
			row[5] = began.Add(time.Duration(i) * time.Second)
			row[6] = int64(i / 1000)
			row[7] = nil
			if !yield(row, nil) {
				return
			}
		}
	}
}
