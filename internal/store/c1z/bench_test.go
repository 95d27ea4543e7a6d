package c1z_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/store/c1z"
	"github.com/hawser/hawser/internal/store/export/exporttest"
)

// BenchmarkGrants writes a million grants: 20,000 users' of 5,000 permission
// sets on accounts.
func BenchmarkGrants(b *testing.B) {
	const grants, users, held = 1_000_000, 20_000, 5_000
	var size int64
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "big.c1z")
		w, err := exporttest.C1Z(b.Context(), path, run)
		if err != nil {
			b.Fatal(err)
		}
		for i := range grants {
			user := c1z.Resource{Ref: c1z.Ref{Type: "sso_user", ID: fmt.Sprintf("d-1234567890/%08x-0000-4000-8000-%012x", i%users, i%users)}}
			role := c1z.Resource{Ref: c1z.Ref{Type: "account", ID: fmt.Sprintf("%012d", 100_000_000_000+i/users*97)}}
			slug := fmt.Sprintf("arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-%016x", i%held)
			if err := w.Grant(c1z.Grant{Entitlement: c1z.Entitlement{Resource: role, Slug: slug}, Principal: user}); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(ended); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		size = info.Size()
	}
	b.ReportMetric(float64(grants)*float64(b.N)/b.Elapsed().Seconds(), "grants/s")
	b.ReportMetric(float64(size)/(1<<20), "MiB")
}
