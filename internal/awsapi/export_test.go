package awsapi

import "net/http"

// Operations lists the operations whose answers are checked, by the SDK's name
// of their service, each with the members that its answer must have.
func Operations() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for name, s := range answers {
		all[name] = map[string][]string{}
		for operation, a := range s.operations {
			all[name][operation] = a.members
		}
	}
	return all
}

// Statuses are the statuses of an operation's answers to a request.
func Statuses(service, operation string, r *http.Request) []int {
	if of := answers[service].operations[operation].statuses; of != nil {
		return of(r)
	}
	return []int{http.StatusOK}
}

// ReadProcess reads what a credential_process printed.
var ReadProcess = readProcess

// NewHTTPClient makes the client of a connection.
var NewHTTPClient = newHTTPClient
