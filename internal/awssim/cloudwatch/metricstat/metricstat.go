// Package metricstat computes CloudWatch's statistics of samples: the five
// plain ones, percentiles and the trimmed ones.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
package metricstat

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Sample is a value that was seen a number of times, or a set of samples of
// which only the sums are known.
type Sample struct {
	Value float64
	Count float64
	Set   *Set
}

// Set is samples that were added up by the sender.
type Set struct{ Count, Sum, Min, Max float64 }

// Stat is a statistic that can be computed.
type Stat struct {
	name     string
	low, top float64 // the share of samples, in percent, between which a trimmed statistic looks
}

var (
	plain    = []string{"SampleCount", "Average", "Sum", "Minimum", "Maximum"}
	oneSided = regexp.MustCompile(`^(p|tm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)$`)
	twoSided = regexp.MustCompile(`^(TM|TC|TS)\((\d{0,3}(?:\.\d{1,10})?)%?:(\d{0,3}(?:\.\d{1,10})?)%\)$`)
)

// Parse reads a statistic's name: Average, p99, p99.9, tm90, TM(10%:90%), IQM
// and their kin.
func Parse(name string) (Stat, error) {
	if slices.Contains(plain, name) {
		return Stat{name: name}, nil
	}
	if name == "IQM" {
		return Stat{"tm", 25, 75}, nil
	}
	if m := oneSided.FindStringSubmatch(name); m != nil {
		return Stat{m[1], 0, percent(m[2], 0)}, nil
	}
	if m := twoSided.FindStringSubmatch(name); m != nil {
		s := Stat{strings.ToLower(m[1]), percent(m[2], 0), percent(m[3], 100)}
		if s.low < s.top && s.top <= 100 {
			return s, nil
		}
	}
	return Stat{}, fmt.Errorf("%q is not a statistic", name)
}

func percent(text string, empty float64) float64 {
	if text == "" {
		return empty
	}
	v, _ := strconv.ParseFloat(text, 64) // the expressions let only numbers through
	return v
}

// Of computes the statistic. It reports false where there are no samples, or
// where only sums are known of them and these do not tell.
func (s Stat) Of(samples []Sample) (float64, bool) {
	total, exact := sum(samples)
	if total.Count == 0 {
		return 0, false
	}
	switch s.name {
	case "SampleCount":
		return total.Count, true
	case "Average":
		return total.Sum / total.Count, true
	case "Sum":
		return total.Sum, true
	case "Minimum":
		return total.Min, true
	case "Maximum":
		return total.Max, true
	}
	if !exact {
		return total.Min, total.Min == total.Max && s.name == "p"
	}
	sorted := slices.Clone(samples)
	slices.SortFunc(sorted, func(a, b Sample) int {
		switch {
		case a.Value < b.Value:
			return -1
		case a.Value > b.Value:
			return 1
		}
		return 0
	})
	if s.name == "p" {
		return percentile(sorted, total.Count, s.top), true
	}
	return s.trimmed(sorted, total.Count)
}

// sum adds the samples up; exact reports that each value is known.
func sum(samples []Sample) (total Set, exact bool) {
	exact = true
	for _, one := range samples {
		set := Set{one.Count, one.Value * one.Count, one.Value, one.Value}
		if one.Set != nil {
			set, exact = *one.Set, false
		}
		if total.Count == 0 {
			total = set
			continue
		}
		total = Set{total.Count + set.Count, total.Sum + set.Sum, min(total.Min, set.Min), max(total.Max, set.Max)}
	}
	return total, exact
}

// percentile interpolates between the two samples next to the place.
func percentile(sorted []Sample, count, p float64) float64 {
	place := p / 100 * (count - 1)
	below := float64(int64(place))
	low, high := at(sorted, below), at(sorted, below+1)
	return low + (high-low)*(place-below)
}

// at is the value of the sample with that number, of equal ones counted singly.
func at(sorted []Sample, number float64) float64 {
	for _, one := range sorted {
		if number -= one.Count; number < 0 {
			return one.Value
		}
	}
	return sorted[len(sorted)-1].Value
}

// trimmed takes the samples between two shares of them all.
func (s Stat) trimmed(sorted []Sample, count float64) (float64, bool) {
	from, to := s.low/100*count, s.top/100*count
	seen, kept, total := 0.0, 0.0, 0.0
	for _, one := range sorted {
		share := max(0, min(seen+one.Count, to)-max(seen, from))
		seen += one.Count
		kept += share
		total += share * one.Value
	}
	switch {
	case s.name == "tc":
		return kept, true
	case s.name == "ts":
		return total, true
	case kept == 0:
		return 0, false
	}
	return total / kept, true
}
