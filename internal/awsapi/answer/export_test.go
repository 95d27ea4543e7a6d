package answer

import "net/http"

// Statuses are the statuses of an operation's answers to a request.
func Statuses(service, operation string, r *http.Request) []int {
	if of := answers[service].operations[operation].statuses; of != nil {
		return of(r)
	}
	return []int{http.StatusOK}
}
