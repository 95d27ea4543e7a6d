package collect

import (
	"cmp"
	"encoding/json"
)

// chosen are the options that decide which cells a sync reads, and how. A run is resumed
// only with the same: what it had read with others would count as read with these.
type chosen struct {
	chosenAccounts
	Keys      KeyMode
	SSHKeys   bool
	SSORegion string
}

type chosenAccounts struct {
	Organization     bool
	Within           []string
	Include, Exclude Selection
}

func (o Options) chosen() chosen {
	return chosen{chosenAccounts{o.Organization, o.Within, o.Include, o.Exclude}, cmp.Or(o.Keys, IDKeys), o.SSHKeys, o.SSORegion}
}

// text writes them as the store keeps them with a run.
func (c chosen) text() string { return written(c) }

// other says what a run was to read otherwise, by the text that the store kept of it; ""
// if nothing. Earlier versions kept no text.
func (c chosen) other(kept string) string {
	var had chosen
	switch {
	case kept == "" || kept == c.text():
		return ""
	case json.Unmarshal([]byte(kept), &had) != nil || written(had.chosenAccounts) != written(c.chosenAccounts):
		return "was to read other accounts"
	case had.Keys != c.Keys:
		return "was to read access keys in another way (--keys)"
	case had.SSHKeys && !c.SSHKeys:
		return "was to read SSH public keys too (--ssh-keys)"
	case had.SSHKeys != c.SSHKeys:
		return "was to read no SSH public keys (--ssh-keys)"
	default:
		return "was to read Identity Center in another region (--sso-region)"
	}
}

func written(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts can always be written
	}
	return string(raw)
}
