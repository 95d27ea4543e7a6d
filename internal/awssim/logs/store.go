package logs

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/awssim"
)

// groupSet is what CloudWatch Logs keeps for an account in a region.
type groupSet struct {
	mu     sync.Mutex
	groups map[string]*logGroup
	last   int64 // the number of the newest event
}

// Start makes the map.
func (st *groupSet) Start(*awssim.World, string, string) { st.groups = make(map[string]*logGroup) }

type logGroup struct {
	name, arn, class, key string
	created               int64 // milliseconds since 1970, as are all times here
	retention             int32 // days; 0 keeps events for ever
	protected             bool
	tags                  map[string]string
	streams               map[string]*logStream
}

type logStream struct {
	name     string
	created  int64
	ingested int64 // when the newest event came
	bytes    int64
	events   []logEvent // by cursor
}

// logEvent is one event; its cursor is its time and then its number, which counts in the
// order of arrival.
type logEvent struct {
	eventCursor
	ingested int64
	stream   string
	message  string
}

// eventCursor orders events, and is what paging tokens hold.
type eventCursor struct{ time, number int64 }

func (p eventCursor) compare(q eventCursor) int {
	return cmp.Or(cmp.Compare(p.time, q.time), cmp.Compare(p.number, q.number))
}

// id is the event's 56 digits, as eventId.
func (p eventCursor) id() string { return fmt.Sprintf("%019d%037d", p.time, p.number) }

// Event is one line in a log.
type Event struct {
	Time    time.Time
	Message string
}

// Put adds events to a stream of CloudWatch Logs, making group and stream
// where they do not exist yet, as AWS's own services do for their logs.
func Put(w *awssim.World, account, region, group, stream string, events ...Event) {
	st := awssim.StateOf[groupSet](w, account, region)
	now := w.Clock.Now().UnixMilli()
	st.mu.Lock()
	defer st.mu.Unlock()
	g := st.groups[group]
	if g == nil {
		arn := fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", awssim.PartitionOf(region), region, account, group)
		g = st.addGroup(group, arn, now)
	}
	s := g.streams[stream]
	if s == nil {
		s = g.addStream(stream, now)
	}
	for _, e := range events {
		st.addEvent(s, e.Time.UnixMilli(), now, e.Message)
	}
}

func (st *groupSet) addGroup(name, arn string, now int64) *logGroup {
	g := &logGroup{name: name, arn: arn, class: "STANDARD", created: now, streams: make(map[string]*logStream)}
	st.groups[name] = g
	return g
}

func (g *logGroup) addStream(name string, now int64) *logStream {
	s := &logStream{name: name, created: now}
	g.streams[name] = s
	return s
}

// perEvent is what CloudWatch Logs counts for each event beside its message.
const perEvent = 26

// addEvent puts an event in its place, which mostly is the end.
func (st *groupSet) addEvent(s *logStream, at, now int64, message string) {
	st.last++
	e := logEvent{eventCursor: eventCursor{at, st.last}, ingested: now, stream: s.name, message: message}
	i, _ := slices.BinarySearchFunc(s.events, e.eventCursor, logEvent.compare)
	s.events = slices.Insert(s.events, i, e)
	s.ingested, s.bytes = now, s.bytes+int64(len(message))+perEvent
}

// kept gives the stream's events that retention has left, from and to a time,
// both included; to 0 is open.
func (g *logGroup) kept(s *logStream, now, from, to int64) []logEvent {
	if g.retention > 0 {
		from = max(from, now-int64(g.retention)*24*time.Hour.Milliseconds())
	}
	if to <= 0 {
		to = 1<<63 - 2
	}
	at := func(t int64) int {
		i, _ := slices.BinarySearchFunc(s.events, t, func(e logEvent, t int64) int { return cmp.Compare(e.time, t) })
		return i
	}
	first, end := at(from), at(to+1)
	if end < first {
		return nil
	}
	return s.events[first:end]
}

func noLogGroup() error {
	return awssim.Errorf("ResourceNotFoundException", "The specified log group does not exist.")
}

func noLogStream() error {
	return awssim.Errorf("ResourceNotFoundException", "The specified log stream does not exist.")
}

// group finds a group; st.mu must be held.
func (st *groupSet) group(name string) (*logGroup, error) {
	if g := st.groups[name]; g != nil {
		return g, nil
	}
	return nil, noLogGroup()
}

// stream finds a stream; st.mu must be held.
func (st *groupSet) stream(group, stream string) (*logGroup, *logStream, error) {
	g, err := st.group(group)
	if err != nil {
		return nil, nil, err
	}
	if s := g.streams[stream]; s != nil {
		return g, s, nil
	}
	return nil, nil, noLogStream()
}
