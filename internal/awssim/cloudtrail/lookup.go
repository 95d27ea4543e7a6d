package cloudtrail

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/hawser/hawser/internal/awssim"
)

// mostResults is how many events a page has at most, and if nothing is said.
const mostResults = 50

// lookupEvents follows
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
func lookupEvents(c *awssim.Call, in *cloudtrail.LookupEventsInput) (*cloudtrail.LookupEventsOutput, error) {
	n := aws.ToInt32(in.MaxResults)
	if in.MaxResults == nil {
		n = mostResults
	}
	if n < 1 || n > mostResults {
		return nil, awssim.Errorf("InvalidMaxResultsException", "Max results must be between 1 and %d.", mostResults)
	}
	match, err := matcher(in.LookupAttributes)
	if err != nil {
		return nil, err
	}
	s, err := spanOf(c, in)
	if err != nil {
		return nil, err
	}
	out := &cloudtrail.LookupEventsOutput{Events: []types.Event{}}
	if in.EventCategory == types.EventCategoryInsight {
		return out, nil
	}
	found, below := awssim.State[history](c).find(s, int(n), match)
	for _, r := range found {
		e, err := r.listed()
		if err != nil {
			return nil, err
		}
		out.Events = append(out.Events, e)
	}
	if below > 0 {
		out.NextToken = aws.String(newToken(in, below))
	}
	return out, nil
}

// spanOf is the part of the history that a call asks for.
func spanOf(c *awssim.Call, in *cloudtrail.LookupEventsInput) (span, error) {
	if in.EventCategory != "" && in.EventCategory != types.EventCategoryInsight {
		return span{}, awssim.Errorf("InvalidEventCategoryException", "The event category is not valid: %s", in.EventCategory)
	}
	now := c.Now()
	s := span{from: now.Add(-kept), to: now, seen: now.Add(-recorderOf(c.World).delayed()), below: math.MaxUint64}
	if in.StartTime != nil && in.EndTime != nil && in.StartTime.After(*in.EndTime) {
		return s, awssim.Errorf("InvalidTimeRangeException", "Start time must be before end time.")
	}
	if in.StartTime != nil && in.StartTime.After(s.from) {
		s.from = *in.StartTime
	}
	if in.EndTime != nil && in.EndTime.Before(now) {
		s.to = *in.EndTime
	}
	if in.NextToken == nil {
		return s, nil
	}
	below, ok := readToken(in, *in.NextToken)
	if !ok {
		return s, awssim.Errorf("InvalidNextTokenException", "Invalid token.")
	}
	s.below = below
	return s, nil
}

// delayed is how long after its call an event is seen.
func (rec *recorder) delayed() time.Duration {
	return rec.world.Clock.Scaled(time.Duration(rec.delay.Load()))
}

// digest identifies a lookup: a page after the first must repeat the same one.
func digest(in *cloudtrail.LookupEventsInput) string {
	same := *in
	same.NextToken, same.MaxResults = nil, nil
	text, _ := json.Marshal(same) // texts and times always marshal
	h := fnv.New64a()
	h.Write(text)
	return strconv.FormatUint(h.Sum64(), 36)
}

func newToken(in *cloudtrail.LookupEventsInput, below uint64) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s.%d", digest(in), below))
}

func readToken(in *cloudtrail.LookupEventsInput, token string) (below uint64, ok bool) {
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return 0, false
	}
	mark := digest(in) + "."
	if len(text) <= len(mark) || string(text[:len(mark)]) != mark {
		return 0, false
	}
	below, err = strconv.ParseUint(string(text[len(mark):]), 10, 64)
	return below, err == nil
}

// longestValue is the most characters of an attribute's value.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupAttribute.html
const longestValue = 2000

// matcher gives the test that an attribute stands for. There is at most one.
func matcher(attributes []types.LookupAttribute) (func(*record) bool, error) {
	if len(attributes) == 0 {
		return func(*record) bool { return true }, nil
	}
	key, value := attributes[0].AttributeKey, aws.ToString(attributes[0].AttributeValue)
	field, ok := fields()[key]
	if len(attributes) > 1 || !ok || value == "" || utf8.RuneCountInString(value) > longestValue {
		return nil, awssim.Errorf("InvalidLookupAttributesException", "Invalid lookup attributes: exactly one attribute with a key and a value can be specified.")
	}
	return func(r *record) bool { return field(r, value) }, nil
}

// fields are the attributes by which events are looked up.
func fields() map[types.LookupAttributeKey]func(r *record, value string) bool {
	return map[types.LookupAttributeKey]func(*record, string) bool{
		types.LookupAttributeKeyEventId:      func(r *record, v string) bool { return r.id == v },
		types.LookupAttributeKeyEventName:    func(r *record, v string) bool { return r.name == v },
		types.LookupAttributeKeyEventSource:  func(r *record, v string) bool { return r.source == v },
		types.LookupAttributeKeyReadOnly:     func(r *record, v string) bool { return strconv.FormatBool(r.readOnly) == v },
		types.LookupAttributeKeyUsername:     func(r *record, v string) bool { return r.userName() == v },
		types.LookupAttributeKeyAccessKeyId:  func(r *record, v string) bool { return r.identity().AccessKeyID == v },
		types.LookupAttributeKeyResourceName: func(r *record, v string) bool { return r.names(func(n named) bool { return n.name == v }) },
		types.LookupAttributeKeyResourceType: func(r *record, v string) bool { return r.names(func(n named) bool { return n.kind == v }) },
	}
}

// listed is the event as the history lists it.
func (r *record) listed() (types.Event, error) {
	text, err := r.text()
	if err != nil {
		return types.Event{}, err
	}
	e := types.Event{
		EventId: aws.String(r.id), EventName: aws.String(r.name), EventSource: aws.String(r.source), EventTime: aws.Time(r.at),
		ReadOnly: aws.String(strconv.FormatBool(r.readOnly)), CloudTrailEvent: aws.String(text), Resources: []types.Resource{},
	}
	if name := r.userName(); name != "" {
		e.Username = aws.String(name)
	}
	if key := r.identity().AccessKeyID; key != "" {
		e.AccessKeyId = aws.String(key)
	}
	for _, n := range r.resources {
		e.Resources = append(e.Resources, types.Resource{ResourceType: aws.String(n.kind), ResourceName: aws.String(n.name)})
	}
	return e, nil
}
