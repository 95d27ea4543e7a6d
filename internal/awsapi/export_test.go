package awsapi

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

// ReadProcess reads what a credential_process printed.
var ReadProcess = readProcess

// NewHTTPClient makes the client of a connection.
var NewHTTPClient = newHTTPClient
