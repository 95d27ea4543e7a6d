package awsapi

// ReadProcess reads what a credential_process printed.
var ReadProcess = readProcess

// NewHTTPClient makes the client of a connection.
var NewHTTPClient = newHTTPClient
