package simtest

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/awssim"
)

// endpointSession is how long credentials of the endpoints below last.
const endpointSession = 6 * time.Hour

// InstanceMetadata returns the metadata service (IMDSv2) of an instance that has
// a role of the simulator's first account. Every request but the one for a token needs a token that has not ended.
// See
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
func (s *Sim) InstanceMetadata(role *awssim.Role, region, instanceID string) http.Handler {
	m := &instanceMetadata{sim: s, role: role, region: region, instance: instanceID, tokens: make(map[string]time.Time)}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /latest/api/token", m.putToken)
	const creds = "/latest/meta-data/iam/security-credentials/"
	mux.HandleFunc("GET "+creds+"{$}", m.text(role.Name))
	mux.HandleFunc("GET "+creds+role.Name, m.guard(m.credentials))
	mux.HandleFunc("GET /latest/meta-data/placement/region", m.text(region))
	mux.HandleFunc("GET /latest/meta-data/instance-id", m.text(instanceID))
	mux.HandleFunc("GET /latest/dynamic/instance-identity/document", m.guard(m.document))
	return mux
}

type instanceMetadata struct {
	sim              *Sim
	role             *awssim.Role
	region, instance string

	mu     sync.Mutex
	tokens map[string]time.Time // with their ends
}

func (m *instanceMetadata) putToken(rw http.ResponseWriter, r *http.Request) {
	const header = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
	seconds, err := strconv.Atoi(r.Header.Get(header))
	if err != nil || seconds < 1 || seconds > 21600 || r.Header.Get("X-Forwarded-For") != "" {
		http.Error(rw, "Bad Request", http.StatusBadRequest)
		return
	}
	token := awssim.RandomText(55)
	m.mu.Lock()
	m.tokens[token] = m.now().Add(time.Duration(seconds) * time.Second)
	m.mu.Unlock()
	rw.Header().Set(header, strconv.Itoa(seconds))
	fmt.Fprint(rw, token)
}

func (m *instanceMetadata) now() time.Time { return m.sim.Clock.Now() }

// guard lets requests with a living token pass.
func (m *instanceMetadata) guard(next http.HandlerFunc) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		end := m.tokens[r.Header.Get("X-Aws-Ec2-Metadata-Token")]
		m.mu.Unlock()
		if !m.now().Before(end) {
			http.Error(rw, "Unauthorized", http.StatusUnauthorized)
			return
		}
		next(rw, r)
	}
}

func (m *instanceMetadata) text(s string) http.HandlerFunc {
	return m.guard(func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, s) })
}

func (m *instanceMetadata) credentials(rw http.ResponseWriter, _ *http.Request) {
	c := m.role.NewSession(m.instance, endpointSession)
	writeJSON(rw, map[string]string{
		"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": m.now().Format(time.RFC3339),
		"AccessKeyId": c.AccessKeyID, "SecretAccessKey": c.SecretAccessKey,
		"Token": c.SessionToken, "Expiration": c.Expires.Format(time.RFC3339),
	})
}

func (m *instanceMetadata) document(rw http.ResponseWriter, _ *http.Request) {
	writeJSON(rw, map[string]string{
		"accountId": m.sim.Account.ID, "region": m.region, "instanceId": m.instance, "version": "2017-09-30",
	})
}

// ContainerCredentials returns the endpoint that ECS and EKS Pod Identity give a
// container for its role, on any path. Where token is not empty it must come in
// the Authorization header, as AWS_CONTAINER_AUTHORIZATION_TOKEN has it. See
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
func ContainerCredentials(role *awssim.Role, token string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		got := strings.TrimSpace(r.Header.Get("Authorization"))
		if token != "" && subtle.ConstantTimeCompare([]byte(got), []byte(token)) != 1 {
			rw.WriteHeader(http.StatusUnauthorized)
			writeJSON(rw, map[string]string{"code": "AccessDeniedException", "message": "the authorization token is missing or wrong"})
			return
		}
		c := role.NewSession("container", endpointSession)
		writeJSON(rw, map[string]string{
			"RoleArn": role.ARN, "AccessKeyId": c.AccessKeyID, "SecretAccessKey": c.SecretAccessKey,
			"Token": c.SessionToken, "Expiration": c.Expires.Format(time.RFC3339),
		})
	})
}

func writeJSON(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(v) // a client that left is not a failure
}
