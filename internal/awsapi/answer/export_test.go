package answer

import "net/http"

// Statuses are the statuses of an operation's answers to a request.
func Statuses(service, operation string, r *http.Request) []int {
	if of := answers[service].operations[operation].statuses; of != nil {
		return of(r)
	}
	return []int{http.StatusOK}
}

// Paging are the fields with which an operation that is a listing goes on: those of its
// input, and those of its output.
func Paging(service, operation string) (input, output []string) {
	p := answers[service].pagingOf(operation)
	output = p.next
	if p.more != "" {
		output = append([]string{p.more}, p.next...)
	}
	return p.token, output
}

// Identities are the members that identify the items of each operation's lists, by the
// SDK's name of the service.
func Identities() map[string]map[string][]string { return identities }
