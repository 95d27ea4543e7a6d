package awsapi

// NewHTTPClient makes the client of a connection.
var NewHTTPClient = newHTTPClient

// SendPlainly is for tests.
var SendPlainly = sendPlainly
