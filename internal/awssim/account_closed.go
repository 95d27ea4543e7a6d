package awssim

// Close ends what the account can do: its keys are unknown, its roles can't be assumed,
// and other accounts can't reach its resources.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_close.html
func (a *Account) Close() { a.closed.Store(true) }

// Closed reports whether the account was closed.
func (a *Account) Closed() bool { return a.closed.Load() }

// ownerClosed reports whether what is needed belongs to an account that is closed.
func (w *World) ownerClosed(need Need) bool {
	if need.Owner == "" {
		return false // it is the caller's, whose keys would be unknown
	}
	owner := w.Account(need.Owner)
	return owner != nil && owner.Closed()
}
