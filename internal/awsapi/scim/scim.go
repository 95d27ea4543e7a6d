// Package scim asks Identity Center's SCIM endpoint, for which AWS's SDK has no
// client.
package scim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/fault"
)

// User is a user of Identity Center in SCIM. The ID is that in the identity
// store.
type User struct {
	ID     string `json:"id"`
	Name   string `json:"userName"`
	Active *bool  `json:"active"` // nil where the answer does not say
}

// pageSize is what is asked for at once: the most there is.
const pageSize = 100

// mostBytes is how large an answer may be.
const mostBytes = 16 << 20

// timeout ends a request that hangs.
const timeout = time.Minute

// Client asks a SCIM endpoint.
type Client struct {
	endpoint, token string
	http            aws.HTTPClient
	backoff         pace.Backoff
}

// New returns the client of a connection's endpoint.
func New(endpoint, token string, client aws.HTTPClient, backoff pace.Backoff) *Client {
	return &Client{strings.TrimSuffix(endpoint, "/"), token, client, backoff}
}

// Try asks for one user, to see whether the endpoint answers.
func (c *Client) Try(ctx context.Context) error {
	_, err := c.users(ctx, 1, "")
	return err
}

// Users returns all users that the endpoint lists. It follows
// https://docs.aws.amazon.com/singlesignon/latest/developerguide/listusers.html
//
// Errors: BadCredentials for a token that is refused, Throttled, Unavailable,
// Network, Timeout.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var users []User
	followed := map[string]bool{}
	for cursor := ""; ; {
		page, err := c.users(ctx, pageSize, cursor)
		if err != nil {
			return nil, err
		}
		users = append(users, page.Resources...)
		if page.NextCursor == "" {
			return users, nil
		}
		if followed[page.NextCursor] {
			return nil, fault.New(fault.Unavailable, "the SCIM endpoint's listing does not end").WithFix("try again")
		}
		followed[page.NextCursor] = true
		cursor = page.NextCursor
	}
}

// userPage is a page of users.
type userPage struct {
	Resources  []User `json:"Resources"`
	NextCursor string `json:"nextCursor"`
}

// users asks for a page until there is an answer, or patience is over.
func (c *Client) users(ctx context.Context, count int, cursor string) (page userPage, err error) {
	path := "/Users?count=" + strconv.Itoa(count) + "&cursor=" + url.QueryEscape(cursor)
	for attempt := 1; ; attempt++ {
		page = userPage{}
		again, err := c.get(ctx, path, &page)
		if err == nil || !again || attempt >= c.backoff.Transient {
			return page, err
		}
		pause, _ := c.backoff.BackoffDelay(attempt, err) // it has no error
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return page, awserr.Fault(ctx.Err())
		case <-timer.C:
		}
	}
}

// get makes one request; again reports whether another could succeed.
func (c *Client) get(ctx context.Context, path string, into *userPage) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.endpoint+path, nil)
	if err != nil {
		return false, fault.Wrap(err, fault.Invalid, "the SCIM endpoint is not an address").At("scim.endpoint")
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	pace.Count(ctx, "scim:ListUsers", 1)
	response, err := c.http.Do(req)
	if err != nil {
		return true, failed(awserr.Fault(err))
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return ofStatus(response.StatusCode)
	}
	body := io.LimitReader(response.Body, mostBytes)
	if err = json.NewDecoder(body).Decode(into); err == nil {
		_, err = io.Copy(io.Discard, body) // it may be shorter than it says
	}
	if err != nil {
		return true, fault.Wrap(err, fault.Network, "the SCIM endpoint's answer can't be read").WithFix("try again; check scim.endpoint")
	}
	if into.Resources == nil {
		return false, failed(fault.New(fault.Endpoint, "the SCIM endpoint's answer is not a list of users").
			WithCause("it has no Resources").WithFix("check scim.endpoint and the proxy (HTTPS_PROXY)"))
	}
	return false, nil
}

// failed reports that it was the SCIM endpoint that failed, not AWS's APIs.
func failed(e *fault.Error) *fault.Error {
	e.Op = "scim:ListUsers"
	return e
}

func ofStatus(status int) (again bool, err error) {
	e := fault.New(fault.Unavailable, "the SCIM endpoint answered %d %s", status, http.StatusText(status)).WithFix("try again later")
	again = slices.Contains([]int{429, 500, 502, 503, 504}, status)
	switch status {
	case http.StatusTooManyRequests:
		e.Kind = fault.Throttled
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Kind = fault.BadCredentials
		e = e.WithCause("the token ended, was deleted, or is of another endpoint").
			WithFix("make a token in Identity Center's settings under automatic provisioning, and put it where scim.token points")
	case http.StatusNotFound, http.StatusBadRequest:
		e.Kind = fault.Invalid
		e = e.At("scim.endpoint").WithFix("write it as Identity Center's settings show it: https://scim.REGION.amazonaws.com/ID/scim/v2/")
	}
	return again, failed(e)
}
