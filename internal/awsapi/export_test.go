package awsapi

// NewHTTPClient makes the client of a connection.
var NewHTTPClient = newHTTPClient
