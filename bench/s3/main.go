// Command s3 measures Hawser's S3 transfers beside the bare transfer manager
// and the aws CLI, in one run, against a versitygw that it starts itself:
//
//	go run ./bench/s3 [-small 1000] [-big 2048] [-rounds 3] [-min 0.95] [-dir DIR]
//
// Every measurement is a process of its own, so that its peak of resident
// memory is its own too. Hawser's and the transfer manager's time is that of
// the transfers; the aws CLI's is that of its process, as its users wait for
// it. The exit code is 1 where Hawser misses a target.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

// workload is what is to be measured.
type workload struct {
	small  int     // objects of smallSize
	big    int     // MiB of the one large object
	rounds int     // of which the median counts
	min    float64 // Hawser's rate over the bare transfer manager's
	dir    string  // where files and server live
}

func main() {
	var p workload
	flag.IntVar(&p.small, "small", 1000, "how many objects of 64 KiB")
	flag.IntVar(&p.big, "big", 2048, "MiB of the one large object")
	flag.IntVar(&p.rounds, "rounds", 3, "rounds, of which the median counts")
	flag.Float64Var(&p.min, "min", 0.95, "the least rate of Hawser over the bare transfer manager's")
	flag.StringVar(&p.dir, "dir", memory(), "the directory for files and server, of 8 GiB; in memory it is not the disk that is measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := func() error { return measure(ctx, p) }
	if flag.NArg() > 0 {
		run = func() error { return child(ctx, flag.Args()) }
	}
	if err := run(); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "bench/s3:", err)
		os.Exit(1)
	}
}

// memory is a directory that lies in memory, where there is one.
func memory() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err == nil && info.IsDir() {
		return shm
	}
	return os.TempDir()
}
