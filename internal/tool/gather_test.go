package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// pagedService serves pages of numbered items from several cells, like a service.
type pagedService struct {
	items    map[string][]string // by region
	pageSize int
	broken   string // a region that fails
}

func (o pagedService) fetch(_ context.Context, cell tool.Target, token string, limit int) (tool.Batch[string], error) {
	if cell.Region == o.broken {
		return tool.Batch[string]{}, fault.New(fault.Denied, "no permission in %s", cell.Region)
	}
	from := 0
	if token != "" {
		from, _ = strconv.Atoi(token)
	}
	size := o.pageSize
	if limit > 0 {
		size = min(size, limit)
	}
	all := o.items[cell.Region]
	to := min(from+size, len(all))
	b := tool.Batch[string]{Items: all[from:to]}
	if to < len(all) {
		b.Next = strconv.Itoa(to)
	}
	return b, nil
}

func newPagedService(counts ...int) (pagedService, []tool.Target, []string) {
	o := pagedService{items: map[string][]string{}, pageSize: 4}
	var cells []tool.Target
	var all []string
	for i, n := range counts {
		region := fmt.Sprintf("region-%d", i)
		cells = append(cells, tool.Target{Account: "111122223333", Region: region})
		for j := range n {
			o.items[region] = append(o.items[region], fmt.Sprintf("%s/item-%d", region, j))
		}
		all = append(all, o.items[region]...)
	}
	return o, cells, all
}

func TestGatherReadsEverythingInOrder(t *testing.T) {
	o, cells, want := newPagedService(9, 0, 13, 1)
	got, err := tool.Gather(t.Context(), cells, tool.Page{}, o.fetch)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Items); diff != "" || got.Cursor != "" {
		t.Errorf("cursor %q, diff %s", got.Cursor, diff)
	}
}

// TestGatherResumes reads services of many shapes with many limits and caps:
// following the cursors must give every item once, in order.
func TestGatherResumes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		o, cells, want := newPagedService(rng.IntN(9), rng.IntN(9), rng.IntN(20))
		o.pageSize = 1 + rng.IntN(6)
		limit, capped := 1+rng.IntN(7), rng.IntN(2) == 0
		var got []string
		page := tool.Page{Limit: limit}
		for {
			list, err := tool.Gather(t.Context(), cells, page, o.fetch)
			if err != nil {
				t.Fatal(err)
			}
			if len(list.Items) > limit {
				t.Fatalf("%d items, limit %d", len(list.Items), limit)
			}
			if capped {
				smaller, _ := list.Cut(250)
				list = smaller.(tool.List[string])
			}
			got = append(got, list.Items...)
			if list.Cursor == "" {
				break
			}
			page.Cursor = list.Cursor
		}
		if !slices.Equal(got, want) {
			t.Fatalf("page size %d, limit %d, capped %t:\n got %v\nwant %v", o.pageSize, limit, capped, got, want)
		}
	}
}

func TestOneBadCellDoesNotSpoilTheRest(t *testing.T) {
	o, cells, _ := newPagedService(2, 2, 2)
	o.broken = "region-1"
	got, err := tool.Gather(t.Context(), cells, tool.Page{}, o.fetch)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Items) != 4 || len(got.Failures) != 1 || got.Failures[0].Region != "region-1" ||
		got.Failures[0].Error.Kind != fault.Denied {
		t.Errorf("got %+v", got)
	}
	if _, err := tool.Gather(t.Context(), cells[1:2], tool.Page{}, o.fetch); !errors.Is(err, fault.Denied) {
		t.Errorf("a single cell's error = %v, want it as it is", err)
	}
}

func TestGatherRefusesForeignCursors(t *testing.T) {
	o, cells, _ := newPagedService(5, 5)
	first, err := tool.Gather(t.Context(), cells, tool.Page{Limit: 1}, o.fetch)
	if err != nil {
		t.Fatal(err)
	}
	for name, cursor := range map[string]string{"garbage": "!!", "not ours": "eyJ4IjoxfQ", "an empty object": "e30", "null": "bnVsbA", "another listing": first.Cursor} {
		t.Run(name, func(t *testing.T) {
			elsewhere := []tool.Target{{Account: "444455556666", Region: "lake-1"}}
			_, err := tool.Gather(t.Context(), elsewhere, tool.Page{Cursor: cursor}, o.fetch)
			if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Field != "cursor" {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestGatherStopsWhenCancelled(t *testing.T) {
	o, cells, _ := newPagedService(5, 5)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := tool.Gather(ctx, cells, tool.Page{}, o.fetch)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func TestOutputIsCutAtTheCap(t *testing.T) {
	o, cells, want := newPagedService(400)
	list := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "items.list", Summary: "Lists items", Effect: tool.Read},
		func(ctx context.Context, _ *tool.Call, in struct{ tool.Page }) (tool.List[string], error) {
			return tool.Gather(ctx, cells, in.Page, o.fetch)
		})
	r := registry(t, tool.Guard{MaxOutput: 2048}, &tooltest.Memory{}, list)
	var got []string
	input := `{}`
	for {
		res, err := r.Call(t.Context(), tool.Request{Tool: "items.list", Input: json.RawMessage(input), Caller: admin})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.JSON) > 2048 {
			t.Fatalf("answer of %d bytes", len(res.JSON))
		}
		out := res.Output.(tool.List[string])
		got = append(got, out.Items...)
		if out.Cursor == "" {
			break
		}
		if res.Cut == "" {
			t.Fatal("cut without a word")
		}
		input = fmt.Sprintf(`{"cursor":%q}`, out.Cursor)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d items, want %d", len(got), len(want))
	}
}

func TestWhatCannotBeCutIsAFault(t *testing.T) {
	big := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "whale.get", Summary: "Gets a whale", Effect: tool.Read},
		func(context.Context, *tool.Call, struct{}) (map[string]string, error) {
			return map[string]string{"blubber": string(make([]byte, 9000))}, nil
		})
	_, err := registry(t, tool.Guard{MaxOutput: 2048}, &tooltest.Memory{}, big).
		Call(t.Context(), tool.Request{Tool: "whale.get", Caller: admin})
	if !errors.Is(err, fault.Invalid) {
		t.Errorf("err = %v", err)
	}
}

// A listing whose pages lead back to one that was read ends.
func TestGatherEndsACircle(t *testing.T) {
	_, cells, _ := newPagedService(1)
	_, err := tool.Gather(t.Context(), cells, tool.Page{}, func(_ context.Context, _ tool.Target, token string, _ int) (tool.Batch[string], error) {
		return tool.Batch[string]{Items: []string{"x"}, Next: map[string]string{"": "a", "a": "b", "b": "a"}[token]}, nil
	})
	if !errors.Is(err, fault.Unavailable) {
		t.Errorf("err = %v", err)
	}
}

type berths struct {
	tool.Target
	tool.Page
	Harbour string `json:"harbour,omitempty"`
	Deep    bool   `json:"deep,omitempty"`
}

// A cursor belongs to its tool, connection and input; only the limit may differ. The
// cursor of an answer that was cut is no exception.
func TestCursorsBelongToTheirListing(t *testing.T) {
	o, cells, _ := newPagedService(400, 5)
	list := func(name string) *tool.Tool {
		return tool.New(tool.Info{Formats: tooltest.Formats(), Name: name, Summary: "Lists berths", Effect: tool.Read, Needs: []tool.Need{{Action: "dock:List", Resource: "*"}}},
			func(ctx context.Context, _ *tool.Call, in berths) (tool.List[string], error) {
				return tool.Gather(ctx, cells, in.Page, o.fetch)
			})
	}
	r := registry(t, tool.Guard{MaxOutput: 2048}, &tooltest.Memory{}, list("berth.list"), list("berth.show"))
	call := func(name, input, cursor string) (tool.List[string], error) {
		res, err := r.Call(t.Context(), tool.Request{Tool: name, Input: json.RawMessage(strings.Replace(input, "CURSOR", cursor, 1)), Caller: admin})
		if err != nil {
			return tool.List[string]{}, err
		}
		return res.Output.(tool.List[string]), nil
	}
	for how, begin := range map[string]string{"limit": `{"harbour":"a","limit":2}`, "cut": `{"harbour":"a"}`} {
		first, err := call("berth.list", begin, "")
		if err != nil || first.Cursor == "" {
			t.Fatal(first, err)
		}
		if next, err := call("berth.list", `{"harbour":"a","limit":7,"deep":false,"cursor":"CURSOR"}`, first.Cursor); err != nil || len(next.Items) != 7 {
			t.Errorf("%s: the same listing: %v, %v", how, next, err)
		}
		for name, input := range map[string]string{
			"berth.list": `{"harbour":"b","cursor":"CURSOR"}`, "berth.list ": `{"cursor":"CURSOR"}`, "berth.list  ": `{"harbour":"a","deep":true,"cursor":"CURSOR"}`,
			"berth.list   ": `{"harbour":"a","connection":"other","cursor":"CURSOR"}`, "berth.show": `{"harbour":"a","cursor":"CURSOR"}`,
		} {
			_, err := call(strings.TrimSpace(name), input, first.Cursor)
			if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Field != "cursor" || !strings.Contains(f.Message, "another listing") {
				t.Errorf("%s: %s %s: %v", how, name, input, err)
			}
		}
	}
}
