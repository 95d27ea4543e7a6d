package kit

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// FilterLogEvents selects events by their own times, and cannot select those that
// arrived since the last call. Events may arrive late or be dated ahead, by up to
// two hours. So each call reads again the events around the newest one, and the
// ingestion time shows which are new.
const (
	// followPace is the time between two calls: FilterLogEvents allows five calls
	// a second for the whole account.
	followPace = time.Second
	// A look reaches back from the newest event between these two: far where
	// that is one small page, less where it is more.
	followNear = 10 * time.Second
	followFar  = 15 * time.Minute
	// followPage is how many events a look may give that reaches further.
	followPage = maxEvents / 2
	// followSettled is how long events may need to be found after CloudWatch
	// took them in.
	followSettled = 2 * time.Minute
)

// FollowLogs hands out a query's events as they come, until the call is
// cancelled or has given limit events (0 means no limit). Where the door cannot
// show them one by one they are gathered.
func (b *Kit) FollowLogs(ctx context.Context, call *tool.Call, target tool.Target, limit int, q LogQuery) (tool.List[LogEvent], error) {
	if q.Since.IsZero() {
		q.Since = call.Now()
	}
	f := newFollower(call, limit, q.Since)
	for {
		look, pages, err := b.lookAtLogs(ctx, target, q)
		if err == nil {
			err = f.take(look)
		}
		if err != nil || f.full() {
			return f.end(ctx, err)
		}
		q.Since = f.next(len(look), pages)
		select {
		case <-ctx.Done():
			return f.end(ctx, ctx.Err())
		case <-time.After(followPace):
		}
	}
}

// lookAtLogs reads all events of a query, and returns the number of pages.
func (b *Kit) lookAtLogs(ctx context.Context, target tool.Target, q LogQuery) (events []LogEvent, pages int, err error) {
	list, err := Gather(ctx, b, target, tool.Fan{}, tool.Page{}, func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[LogEvent], error) {
		pages++ // one cell, one page after the other
		return q.page(ctx, awsapi.Client(s, cloudwatchlogs.NewFromConfig), token, limit)
	}, q.Group)
	return list.Items, pages, err
}

// follower hands out each event once.
type follower struct {
	call  *tool.Call
	limit int
	given int
	since time.Time     // where the following begins; no look reaches further
	reach time.Duration // how far behind the newest event the next look begins

	newest   time.Time            // the latest time of an event that is not dated ahead
	ingested time.Time            // when the last event was taken in
	settled  time.Time            // what was taken in before was given, if it was found
	seen     map[string]time.Time // the ids of events taken in since then

	list tool.List[LogEvent]
}

func newFollower(call *tool.Call, limit int, since time.Time) *follower {
	return &follower{
		call: call, limit: limit, since: since, reach: followFar, newest: since,
		seen: map[string]time.Time{}, list: tool.List[LogEvent]{Items: []LogEvent{}},
	}
}

func (f *follower) take(events []LogEvent) error {
	now := f.call.Now()
	for _, e := range events {
		if f.full() {
			return nil
		}
		if f.knows(e, now) {
			continue
		}
		f.note(e, now)
		if !f.call.Following {
			f.list.Items = append(f.list.Items, e)
			continue
		}
		if err := f.call.Emit(e); err != nil {
			return err
		}
	}
	return nil
}

// knows reports whether an event was given before. One without the time at which
// it was taken in is remembered for as long as it is found.
func (f *follower) knows(e LogEvent, now time.Time) bool {
	_, again := f.seen[e.ID]
	if e.ingested.IsZero() {
		f.seen[e.ID] = now
		return again
	}
	return again || e.ingested.Before(f.settled)
}

// note remembers an event that is given now.
func (f *follower) note(e LogEvent, now time.Time) {
	f.given++
	if e.ingested.IsZero() {
		e.ingested = now
	}
	f.seen[e.ID] = e.ingested
	f.newest = later(f.newest, earlier(e.Time, now))
	f.ingested = later(f.ingested, e.ingested)
}

func (f *follower) full() bool { return f.limit > 0 && f.given >= f.limit }

// next is where the next look begins, after one that gave so many events in so
// many pages. Ids that no longer tell anything are forgotten.
func (f *follower) next(events, pages int) time.Time {
	f.settled = later(f.settled, f.ingested.Add(-followSettled))
	for id, at := range f.seen {
		if at.Before(f.settled) {
			delete(f.seen, id)
		}
	}
	if pages <= 1 && events <= followPage {
		f.reach = min(2*f.reach, followFar)
	} else {
		f.reach = max(f.reach/2, followNear)
	}
	return later(f.since, f.newest.Add(-f.reach))
}

// end ends a following. It is a success that its time is over, or that whoever
// followed went away.
func (f *follower) end(ctx context.Context, err error) (tool.List[LogEvent], error) {
	if err != nil && ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, fault.Canceled) || errors.Is(err, fault.Timeout)) {
		err = nil
	}
	return f.list, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
