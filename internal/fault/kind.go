package fault

// Kind is what sort of failure an Error is. The list is closed.
type Kind string

// The kinds.
const (
	// Invalid: the input is wrong; the same call can never succeed.
	Invalid Kind = "invalid"
	// NoCredentials: no source gave credentials.
	NoCredentials Kind = "no-credentials"
	// BadCredentials: AWS does not accept the credentials.
	BadCredentials Kind = "bad-credentials"
	// ExpiredCredentials: the credentials were good and have ended.
	ExpiredCredentials Kind = "expired-credentials"
	// Denied: AWS refused the action to these credentials.
	Denied Kind = "denied"
	// Refused: Hawser's own guard refused (read-only, deny list, root).
	Refused Kind = "refused"
	// Unconfirmed: the call needs a person's yes and did not get it.
	Unconfirmed Kind = "unconfirmed"
	// NotFound: the thing named does not exist.
	NotFound Kind = "not-found"
	// Conflict: the thing's present state does not allow the call.
	Conflict Kind = "conflict"
	// Throttled: AWS asked for fewer calls for longer than we would wait.
	Throttled Kind = "throttled"
	// Quota: a service quota is used up.
	Quota Kind = "quota"
	// WrongRegion: the thing lives in another region, named in Region.
	WrongRegion Kind = "wrong-region"
	// Endpoint: the service's address does not resolve, or another than the
	// service answers there.
	Endpoint Kind = "endpoint"
	// ClockSkew: this machine's clock differs too far from AWS's.
	ClockSkew Kind = "clock-skew"
	// Timeout: no answer within the time allowed.
	Timeout Kind = "timeout"
	// Network: AWS could not be reached, or the connection broke.
	Network Kind = "network"
	// Unavailable: AWS answered that it failed.
	Unavailable Kind = "unavailable"
	// Unsupported: this is not offered here (by the service or the simulator).
	Unsupported Kind = "unsupported"
	// Canceled: whoever asked went away.
	Canceled Kind = "canceled"
	// Partial: part of the answer could not be read; the rest is given.
	Partial Kind = "partial"
	// Internal: a fault of Hawser itself.
	Internal Kind = "internal"
)

// Error makes a Kind a target for errors.Is.
func (k Kind) Error() string { return string(k) }

// faces is how each kind looks to a shell and to an HTTP client.
var faces = map[Kind]struct{ exit, status int }{
	Invalid:            {1, 400},
	NoCredentials:      {1, 502},
	BadCredentials:     {1, 502},
	ExpiredCredentials: {1, 502},
	Denied:             {1, 403},
	Refused:            {1, 403},
	Unconfirmed:        {1, 428},
	NotFound:           {1, 404},
	Conflict:           {1, 409},
	Throttled:          {1, 429},
	Quota:              {1, 429},
	WrongRegion:        {1, 421},
	Endpoint:           {1, 502},
	ClockSkew:          {1, 502},
	Timeout:            {1, 504},
	Network:            {1, 502},
	Unavailable:        {1, 503},
	Unsupported:        {1, 501},
	Canceled:           {130, 499},
	Partial:            {3, 207},
	Internal:           {1, 500},
}

// Kinds lists every kind, in the order of their declaration.
func Kinds() []Kind {
	return []Kind{
		Invalid, NoCredentials, BadCredentials, ExpiredCredentials, Denied, Refused,
		Unconfirmed, NotFound, Conflict, Throttled, Quota, WrongRegion, Endpoint,
		ClockSkew, Timeout, Network, Unavailable, Unsupported, Canceled, Partial, Internal,
	}
}

// Outage reports whether the kind says that AWS, or the way to it, is not well, so
// that the same call may succeed later. Throttling is among them; what the caller
// did wrong is not.
func (k Kind) Outage() bool {
	switch k {
	case Throttled, Unavailable, Timeout, Network, Endpoint:
		return true
	default:
		return false
	}
}

// ExitCode is the process's exit code for the kind: 1, but 3 for Partial and
// 130 for Canceled, as shells expect of an interrupted program.
func (k Kind) ExitCode() int { return faces[k].exit }

// HTTPStatus is the status that an HTTP door answers with.
func (k Kind) HTTPStatus() int { return faces[k].status }
