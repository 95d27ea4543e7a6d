package fault

// Nearest gives the candidate that a mistyped word most likely meant, or ""
// when none is close: at most two of five letters of the longer word may differ.
func Nearest(word string, candidates []string) string {
	best, bestAt := "", len(word)+1
	for _, c := range candidates {
		if d := distance(word, c); d < bestAt && 5*d <= 2*max(len(word), len(c)) {
			best, bestAt = c, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
