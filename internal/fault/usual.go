package fault

// Complete returns a fault that says what to do: itself, or a copy with what mostly helps
// for its kind. Doors call it, so that no error is without advice.
func Complete(e *Error) *Error {
	if e == nil || e.Fix != "" {
		return e
	}
	return e.WithFix("%s", e.Kind.usualFix())
}

// usualFix says what mostly helps.
func (k Kind) usualFix() string {
	switch k {
	case Invalid:
		return "correct what the message names; --help shows the form"
	case NoCredentials, BadCredentials, ExpiredCredentials:
		return "sign in (hawser login), or check the connection: hawser connections check"
	case Denied:
		return "ask for the permission, or use a connection that has it"
	case Refused:
		return "change the call, or what Hawser allows: hawser config show"
	case Unconfirmed:
		return "confirm the call, or leave it"
	case NotFound:
		return "check the name; the listing of the same noun shows what exists"
	case Conflict:
		return "read the present state, and decide anew"
	case Throttled:
		return "try again later, with fewer calls at once"
	case Quota:
		return "free some, or ask for more in Service Quotas"
	case WrongRegion:
		return "give --region"
	case Endpoint:
		return "check endpoint, AWS_ENDPOINT_URL and the proxy (HTTPS_PROXY)"
	case ClockSkew:
		return "set this machine's clock, and keep it right with NTP"
	case Timeout:
		return "try again, narrow the call, or raise --timeout"
	case Network, Unavailable:
		return "try again; if it continues, check the network and the AWS Health Dashboard"
	case Unsupported:
		return "use another way, or another endpoint"
	case Canceled:
		return "make the call again if it is still wanted"
	case Partial:
		return "read what failed, and ask for that again"
	}
	return "report it to the makers of Hawser, with this message"
}
