package collect_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/collect/sources"
)

// What a first sync asks is within the bounds that the plan gives, although nobody
// knows yet who has keys and devices; that of a later one is known to a tenth.
func TestPlanGivesBounds(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for i := range 40 {
		u := c.World.Account(member1).AddUser(fmt.Sprint("user-", i))
		if i%10 == 0 {
			u.NewKey()
			u.AddSecurityKey("key")
		}
	}
	must(c.World.Account(member2).AddRole("Hawser", trustService)) // it can't be entered
	for _, turn := range []string{"first", "again"} {
		plan, err := sources.New().Plan(t.Context(), c.pool(elsewhere), c.store, options())
		if err != nil {
			t.Fatal(err)
		}
		asked := c.syncFrom(elsewhere).Calls
		n := total(asked)
		if n < plan.Least || n > plan.Total || plan.Unreached != 1 || plan.Guessed {
			t.Errorf("%s: %d calls, between %d and %d were foretold: %+v, %v", turn, n, plan.Least, plan.Total, plan, asked)
		}
		if known := 10*plan.Least >= 9*plan.Total; known != (turn == "again") {
			t.Errorf("%s: between %d and %d", turn, plan.Least, plan.Total)
		}
	}

	// Users whom the credential report does not know are asked until AWS makes another.
	c.Clock.Advance(time.Minute)
	for i := range 20 {
		c.World.Account(member1).AddUser(fmt.Sprint("late-", i))
	}
	c.syncFrom(elsewhere)
	plan, err := sources.New().Plan(t.Context(), c.pool(elsewhere), c.store, options())
	if err != nil {
		t.Fatal(err)
	}
	if n := total(c.syncFrom(elsewhere).Calls); n < plan.Least || n > plan.Total || 10*plan.Least < 9*plan.Total || plan.Calls["iam:ListMFADevices"] < 20 {
		t.Errorf("%d calls, between %d and %d were foretold: %v", n, plan.Least, plan.Total, plan.Calls)
	}
}
