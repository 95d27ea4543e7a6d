package identitycenter

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim"
)

// The SCIM endpoint follows
// https://docs.aws.amazon.com/singlesignon/latest/developerguide/what-is-scim.html
// and stands at /<tenant>/scim/v2/ of every host.

const (
	scimUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	scimGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	scimEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	scimMessage    = "urn:ietf:params:scim:api:messages:2.0:"
)

// scim gives the handler of a request to the endpoint, nil for another one.
func (r *registry) scim(req *http.Request) http.Handler {
	tenant, rest, ok := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/scim/v2/")
	if !ok || strings.Contains(tenant, "/") || strings.HasPrefix(req.Header.Get("Authorization"), "AWS4-HMAC-SHA256") {
		return nil
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) { r.serveSCIM(rw, req, tenant, rest) })
}

// scimCall is one request to the endpoint.
type scimCall struct {
	*Instance
	request *http.Request
	id      string // of the user or group in the path
	body    map[string]any
}

// scimRoute is what AWS calls an operation, and how it is done.
type scimRoute struct {
	action string
	serve  func(*scimCall) (status int, answer any, err error)
}

// scimRoutes are all there are; a path that ends in / has an ID behind it.
func scimRoutes() map[string]scimRoute {
	return map[string]scimRoute{
		"GET ServiceProviderConfig": {"ServiceProviderConfig", scimConfig},
		"GET Users":                 {"ListUsers", scimListUsers},
		"POST Users":                {"CreateUser", scimCreateUser},
		"GET Users/":                {"GetUser", scimGetUser},
		"PUT Users/":                {"PutUser", scimPutUser},
		"PATCH Users/":              {"PatchUser", scimPatchUser},
		"DELETE Users/":             {"DeleteUser", scimDeleteUser},
		"GET Groups":                {"ListGroups", scimListGroups},
		"POST Groups":               {"CreateGroup", scimCreateGroup},
		"GET Groups/":               {"GetGroup", scimGetGroup},
		"PATCH Groups/":             {"PatchGroup", scimPatchGroup},
		"DELETE Groups/":            {"DeleteGroup", scimDeleteGroup},
	}
}

func (r *registry) serveSCIM(rw http.ResponseWriter, req *http.Request, tenant, path string) {
	i := r.tenant(tenant, req)
	if i == nil {
		writeSCIM(rw, http.StatusUnauthorized, scimError(awssim.Errorf("UnauthorizedException", "Authorization header is invalid or missing.")))
		return
	}
	kind, id, named := strings.Cut(path, "/")
	if named {
		kind += "/"
	}
	route, ok := scimRoutes()[req.Method+" "+kind]
	if !ok || named && id == "" {
		writeSCIM(rw, http.StatusBadRequest, scimError(invalid("This operation is not supported.")))
		return
	}
	out, err := r.world.Admit(rw, req, i.Owner, i.Region, "scim:"+route.action)
	if err != nil {
		writeSCIM(rw, scimStatus(err), scimError(err))
		return
	}
	call := &scimCall{Instance: i, request: req, id: id}
	if req.Method != http.MethodGet && req.Method != http.MethodDelete {
		if err := json.NewDecoder(http.MaxBytesReader(rw, req.Body, 1<<20)).Decode(&call.body); err != nil {
			writeSCIM(out, http.StatusBadRequest, scimError(invalid("Request is unparsable, syntactically incorrect, or violates schema.")))
			return
		}
	}
	status, answer, err := call.locked(route.serve)
	if err != nil {
		status, answer = scimStatus(err), scimError(err)
	}
	writeSCIM(out, status, answer)
}

// tenant finds the instance whose endpoint and token a request has.
func (r *registry) tenant(tenant string, req *http.Request) *Instance {
	token, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, i := range r.instances {
		if end, known := i.tokens[token]; i.Tenant == tenant && ok && known && r.world.Clock.Now().Before(end) {
			return i
		}
	}
	return nil
}

// locked holds the instance while it serves, and gives the answer as JSON.
func (c *scimCall) locked(serve func(*scimCall) (int, any, error)) (int, json.RawMessage, error) {
	c.reg.mu.Lock()
	defer c.reg.mu.Unlock()
	status, answer, err := serve(c)
	if err != nil || answer == nil {
		return status, nil, err
	}
	text, err := json.Marshal(answer)
	return status, text, err
}

func writeSCIM(rw http.ResponseWriter, status int, answer json.RawMessage) {
	rw.Header().Set("X-Amzn-Requestid", uuid.NewString())
	rw.Header().Set("Content-Type", "application/json")
	if status == http.StatusNoContent {
		rw.WriteHeader(status)
		return
	}
	rw.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	rw.WriteHeader(status)
	_, _ = rw.Write(answer) // a client that left is not a failure
}

// asError gives what was refused as the answer that it is.
func asError(err error) *awssim.Error {
	e, ok := err.(*awssim.Error) //nolint:errorlint // all that is refused here is made by Errorf, unwrapped
	if !ok {
		return &awssim.Error{Code: "InternalServerException", Message: "An internal error has occurred.", Status: http.StatusInternalServerError}
	}
	return e
}

// scimStatus is the HTTP status of an answer that the Identity Store gives
// under another one.
func scimStatus(err error) int {
	e := asError(err)
	switch {
	case e.Code == "ResourceNotFoundException":
		return http.StatusNotFound
	case e.Code == "ConflictException":
		return http.StatusConflict
	case e.Code == "UnauthorizedException":
		return http.StatusUnauthorized
	case e.Status != 0:
		return e.Status
	}
	return http.StatusBadRequest
}

// scimError is an error as SCIM writes it, with the fields that AWS adds.
func scimError(err error) json.RawMessage {
	e := asError(err)
	status := scimStatus(err)
	text, _ := json.Marshal(map[string]any{ // texts always marshal
		"schemas": []string{scimMessage + "Error"}, "schema": []string{scimMessage + "Error"},
		"detail": e.Message, "status": strconv.Itoa(status), "exceptionRequestId": uuid.NewString(),
		"timeStamp": time.Now().UTC().Format("2006-01-02 15:04:05.000"),
	})
	return text
}

// listing is a page of users or groups. With a cursor asked for, even an empty
// one, the next page is had by another; else one page is all there is.
func (c *scimCall) listing(all []map[string]any) (int, any, error) {
	query := c.request.URL.Query()
	count := maxPage
	if text := query.Get("count"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil || count < 1 || count > maxPage {
			return 0, nil, invalid("count must be from 1 to %d.", maxPage)
		}
	}
	var token *string
	if cursor := query.Get("cursor"); cursor != "" {
		token = &cursor
	}
	found, next, ok := awssim.Page(all, func(m map[string]any) string { return m["id"].(string) }, count, token)
	if !ok {
		return 0, nil, invalid("The cursor is not valid.")
	}
	answer := map[string]any{
		"schemas": []string{scimMessage + "ListResponse"}, "itemsPerPage": len(found), "Resources": append([]map[string]any{}, found...),
	}
	if !query.Has("cursor") {
		answer["totalResults"], answer["startIndex"] = len(all), 1
	} else if next != nil {
		answer["nextCursor"] = *next
	}
	return http.StatusOK, answer, nil
}

func scimConfig(*scimCall) (int, any, error) {
	const page = "https://docs.aws.amazon.com/singlesignon/latest/userguide/manage-your-identity-source-idp.html"
	supported := func(is bool) map[string]any { return map[string]any{"supported": is} }
	return http.StatusOK, map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"}, "documentationUri": page,
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "OAuth Bearer Token", "primary": true,
			"description": "Authentication scheme using the OAuth Bearer Token Standard",
			"specUri":     "https://www.rfc-editor.org/info/rfc6750", "documentationUri": page,
		}},
		"patch": supported(true), "changePassword": supported(false), "sort": supported(false), "etag": supported(false),
		"bulk":   map[string]any{"supported": false, "maxOperations": 1, "maxPayloadSize": 1 << 20},
		"filter": map[string]any{"supported": true, "maxResults": maxPage},
	}, nil
}
