package awssim

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/awssim/model"
	"github.com/hawser/hawser/internal/awssim/sigv4"
)

// Options say what a World is like. The zero value is an AWS without limits,
// latency or accounts. World.Behave changes all but Seed, Services and Log.
type Options struct {
	// Scale makes simulated durations pass faster; see Clock.SetScale. 0 is 1.
	Scale float64
	// Latency is added to calls, by action ("s3:GetObject") or by a pattern
	// ending in * ("s3:Get*", "s3:*", "*"); the longest one counts.
	Latency map[string]time.Duration
	// Limits are rate limits of each action per account and region, with keys
	// as Latency's.
	Limits map[string]Limit
	// Faults are installed at the start; see AddFault.
	Faults []Fault
	// Seed makes faults by probability repeatable.
	Seed uint64
	// Services are served beside, or in place of, STS and IAM. Package roster
	// knows all that there are.
	Services []func(*World) *Service
	// Propagation is how long, in simulated time, a user, a role, an access key or an instance
	// profile that a call of IAM made is not known to other calls than IAM's. AWS takes seconds for it.
	Propagation time.Duration
	// Skew is by how much the server's clock differs; see Clock.SetSkew.
	Skew time.Duration
	// Pages says how listings are cut.
	Pages Pages
	// Log is told of panics, and of services that cannot be loaded; nil is slog's default.
	Log *slog.Logger
}

// World is a simulated AWS. It is an http.Handler and safe for concurrent use.
type World struct {
	Clock Clock

	log         *slog.Logger
	services    map[string]*Service // by signing name
	mounts      []func(*http.Request) http.Handler
	observers   []func(Outcome)
	managesRoot func(caller, member *Account) bool // nil where there are no organizations
	membership  func(account string) Membership    // nil where there are no organizations
	behavior    atomic.Pointer[behavior]
	limits      limiter
	counts      counters
	faults      faultScript
	signing     sigv4.Keys
	closed      chan struct{}
	closing     sync.Once

	mu        sync.RWMutex // guards what follows, and users and roles
	accounts  map[string]*Account
	keys      map[string]*Credential // by access key id
	sweepAt   int                    // number of keys at which the ended ones go
	issuers   map[string]*Issuer     // by URL
	documents documentsOf

	stateMu sync.Mutex
	states  map[stateKey]any
}

// New makes a World with STS, IAM and o.Services. It fails
// where a service has no model or a fault of o is wrong.
func New(o Options) (*World, error) {
	w := &World{
		services:  make(map[string]*Service),
		closed:    make(chan struct{}),
		accounts:  make(map[string]*Account),
		keys:      make(map[string]*Credential),
		issuers:   make(map[string]*Issuer),
		documents: make(documentsOf),
		states:    make(map[stateKey]any),
	}
	if w.log = o.Log; w.log == nil {
		w.log = slog.Default()
	}
	w.faults.seed(o.Seed)
	if err := w.Behave(o); err != nil {
		return nil, err
	}
	return w, w.addServices(o.Services)
}

// addServices lists every embedded model as a service, first without any
// operation, then with those that are implemented.
func (w *World) addServices(more []func(*World) *Service) error {
	names, err := model.Signing()
	if err != nil {
		return fmt.Errorf("awssim: %w", err)
	}
	signing := make(map[string]string, len(names))
	for sign, name := range names {
		signing[name] = sign
		w.services[sign] = &Service{Model: name, Prefix: sign, signing: sign}
	}
	for _, construct := range append([]func(*World) *Service{STS, IAM}, more...) {
		s := construct(w)
		if s.signing = signing[s.Model]; s.signing == "" {
			return fmt.Errorf("awssim: no model of service %q is embedded", s.Model)
		}
		if s.Prefix == "" {
			s.Prefix = s.signing
		}
		w.services[s.signing] = s
	}
	return nil
}

// Check loads every service and tells what is wrong with any.
func (w *World) Check() error {
	for _, s := range w.services {
		if err := s.load(); err != nil {
			return err
		}
	}
	return nil
}

// Operations gives all that the World implements, as counters name it.
func (w *World) Operations() []string {
	var names []string
	for _, s := range w.services {
		for name := range s.Handlers {
			names = append(names, s.Prefix+":"+name)
		}
	}
	slices.Sort(names)
	return names
}

// Services are the services that the World has.
func (w *World) Services() []*Service { return slices.Collect(maps.Values(w.services)) }

// Close lets go of calls that hang by a fault, and closes the states that are
// io.Closers. The World serves no more after.
func (w *World) Close() {
	w.closing.Do(func() {
		close(w.closed)
		w.stateMu.Lock()
		defer w.stateMu.Unlock()
		for _, s := range w.states {
			if c, ok := s.(io.Closer); ok {
				_ = c.Close() // what is left over lies in the system's folder for that
			}
		}
	})
}

// Closed is closed with the World, for what must not outlive it.
func (w *World) Closed() <-chan struct{} { return w.closed }

// AddAccount makes an account, in the partition aws; it gives the one that is
// there already for an id that was added before.
func (w *World) AddAccount(id, name string) *Account { return w.AddAccountIn("aws", id, name) }

// AddAccountIn makes an account in a partition: aws, aws-cn or aws-us-gov.
func (w *World) AddAccountIn(partition, id, name string) *Account {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.accounts[id]; a != nil {
		return a
	}
	a := &Account{
		ID: id, Name: name, Partition: partition, Created: w.Clock.Now(), world: w,
		users: make(map[string]*User), roles: make(map[string]*Role), oidc: make(map[string]*oidcProvider),
		groups: make(map[string]*Group), managed: make(map[string]*ManagedPolicy), profiles: make(map[string]*InstanceProfile),
		spare: make(map[string]*MFADevice), deletions: make(map[string]bool),
	}
	w.accounts[id] = a
	return a
}

// Account finds an account by id; nil where there is none.
func (w *World) Account(id string) *Account {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.accounts[id]
}

// Accounts gives all accounts, by id.
func (w *World) Accounts() []*Account {
	w.mu.RLock()
	defer w.mu.RUnlock()
	out := make([]*Account, 0, len(w.accounts))
	for _, id := range slices.Sorted(maps.Keys(w.accounts)) {
		out = append(out, w.accounts[id])
	}
	return out
}

// Account is one AWS account.
type Account struct {
	ID, Name, Partition string
	Created             time.Time

	world  *World
	closed atomic.Bool // see Close
	users  map[string]*User
	roles  map[string]*Role
	oidc   map[string]*oidcProvider // by issuer's URL

	groups   map[string]*Group
	managed  map[string]*ManagedPolicy // by ARN
	profiles map[string]*InstanceProfile
	saml     []*SAMLProvider
	aliases  []string
	rootKeys []*Credential
	rootMFA  bool
	report   credentialReport
	accesses map[string]*accessJob // jobs of reports when services were last used
	reports  map[string]*organizationReport
	spare    map[string]*MFADevice // virtual devices of nobody, by serial number
	// passwords is what passwords must be like; nil for AWS's own policy.
	passwords *types.PasswordPolicy
	// deletions are the tasks of deleted service-linked roles.
	deletions map[string]bool
}

// ARN makes an ARN in the account; region and the account's id are left empty
// as the service's ARNs do: see ARNOf for those.
func (a *Account) ARN(service, region, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", a.Partition, service, region, a.ID, resource)
}

// stateKey names what a service keeps for an account in a region.
type stateKey struct {
	account, region string
	kind            any // a nil *T, which stands for T
}

// Starter is a state that is not ready as its zero value. Start is called once
// before anything else sees it.
type Starter interface {
	Start(w *World, account, region string)
}

// State gives the service's state for the call's account and region: the same
// *T for each call, made on the first.
func State[T any](c *Call) *T { return StateOf[T](c.World, c.Account.ID, c.Region) }

// StateOf gives a state by account and region, either of which may be empty
// for state that is wider, such as the names of all buckets.
func StateOf[T any](w *World, account, region string) *T {
	key := stateKey{account, region, (*T)(nil)}
	w.stateMu.Lock()
	defer w.stateMu.Unlock()
	if s, ok := w.states[key]; ok {
		return s.(*T)
	}
	s := new(T)
	if st, ok := any(s).(Starter); ok {
		st.Start(w, account, region)
	}
	w.states[key] = s
	return s
}
