package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// maxResident is how much memory Hawser may hold at its peak, in MiB.
const maxResident = 100

// smallRounds is how many times more often small objects are measured: their
// rounds are short, so that a hiccup weighs more.
const smallRounds = 10

// sample is one measurement.
type sample struct {
	seconds  float64
	resident float64 // peak, MiB
}

// result is the median of a program's samples for one kind of work.
type result struct {
	program, work string
	mib           float64
	sample
}

// measure does all work with all programs, prints the table, and reports missed
// targets.
func measure(ctx context.Context, p workload) error {
	site, err := newSite(ctx, p)
	if err != nil {
		return err
	}
	defer site.close()
	fmt.Printf("%d x 64 KiB and 1 x %d MiB against versitygw, median of %d rounds (small: %d)\n\n", p.small, p.big, p.rounds, smallRounds*p.rounds)
	fmt.Printf("%-10s %-8s %9s %9s %8s %10s\n", "work", "program", "seconds", "MiB/s", "ratio", "peak MiB")
	var missed []error
	for _, work := range works() {
		rounds := p.rounds
		if sizeOf(work) == "small" {
			rounds *= smallRounds
		}
		results, err := site.compare(ctx, work, rounds)
		if err != nil {
			return err
		}
		missed = append(missed, show(p, results)...)
	}
	return errors.Join(missed...)
}

// compare measures one kind of work with every program, round by round and each time
// in the other order, so that what else the machine does, and what the program
// before left behind, befalls all alike.
func (s *site) compare(ctx context.Context, work string, rounds int) ([]result, error) {
	programs, order := []string{"bare", "hawser", "aws"}, []string{"bare", "hawser"}
	samples := map[string][]sample{}
	for round := range rounds {
		slices.Reverse(order)
		all := order
		if round == 0 {
			all = append([]string{"aws"}, order...) // too slow to wait for more than once, and far from the others
		}
		for _, program := range all {
			one, err := s.once(ctx, program, work)
			if err != nil {
				return nil, fmt.Errorf("%s by %s: %w", work, program, err)
			}
			samples[program] = append(samples[program], one)
		}
	}
	var results []result
	for _, program := range programs {
		results = append(results, result{program, work, s.mib(work), median(samples[program])})
	}
	return results, nil
}

// median is the sample of middle time, with the highest memory of all.
func median(samples []sample) sample {
	slices.SortFunc(samples, func(a, b sample) int { return cmp.Compare(a.seconds, b.seconds) })
	middle := samples[len(samples)/2]
	for _, one := range samples {
		middle.resident = max(middle.resident, one.resident)
	}
	return middle
}

// show prints the results of one kind of work and gives the targets missed.
func show(p workload, results []result) (missed []error) {
	base := results[0].seconds
	for _, r := range results {
		ratio := base / r.seconds
		fmt.Printf("%-10s %-8s %9.2f %9.1f %8.2f %10.0f\n", r.work, r.program, r.seconds, r.mib/r.seconds, ratio, r.resident)
		if r.program != "hawser" {
			continue
		}
		if ratio < p.min {
			missed = append(missed, fmt.Errorf("%s: %.2f of the bare transfer manager, want %.2f", r.work, ratio, p.min))
		}
		if r.resident > maxResident {
			missed = append(missed, fmt.Errorf("%s: %.0f MiB resident, want at most %d", r.work, r.resident, maxResident))
		}
	}
	fmt.Printf("%-10s hawser is %.1f times the aws CLI\n\n", "", results[2].seconds/results[1].seconds)
	return missed
}

// timed runs f and says how long it took, for the parent to read.
func timed(f func() error) error {
	start := time.Now()
	if err := f(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(os.Stdout, "%.6f\n", time.Since(start).Seconds())
	return err
}

// works are the kinds of work, what is fetched put before.
func works() []string { return []string{"put-small", "get-small", "put-big", "get-big"} }
