package signin

import (
	"net"
	"net/url"

	"github.com/hawser/hawser/internal/fault"
)

// show shows the person where to go. The address is AWS's word, and a browser opens more
// than web pages: only an https address is shown, or one of this machine.
func (c *Client) show(p Prompt) error {
	u, err := url.Parse(p.Address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !local(u) {
		return fault.New(fault.Endpoint, "the address that AWS gave for the sign-in is not an https address").
			WithFix("check the endpoint, and run hawser login again")
	}
	p.Address = u.String()
	return c.Show(p)
}

// local reports whether an address is http on this machine, as that of a simulator.
func local(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
