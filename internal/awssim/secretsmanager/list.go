package secretsmanager

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/hawser/hawser/internal/awssim"
)

// mostListed is how many secrets a page has if nothing else is asked for.
const mostListed = 100

// listSecrets follows
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
// The order of secrets that were made at the same time is that of their names.
func listSecrets(c *awssim.Call, in *secretsmanager.ListSecretsInput) (*secretsmanager.ListSecretsOutput, error) {
	all := awssim.StateOf[secretStore](c.World, c.Account.ID, c.Region).all()
	slices.SortFunc(all, func(a, b *secret) int {
		order := a.created.Compare(b.created)
		if in.SortBy == types.SortByTypeName {
			order = 0
		}
		order = cmp.Or(order, strings.Compare(a.name, b.name))
		if in.SortOrder == types.SortOrderTypeAsc {
			return order
		}
		return -order
	})
	all = awssim.Only(all, func(s *secret) bool {
		return !slices.ContainsFunc(in.Filters, func(f types.Filter) bool { return !s.passes(f) })
	})
	if in.NextToken != nil {
		all = all[slices.IndexFunc(all, func(s *secret) bool { return s.name == *in.NextToken })+1:]
	}
	n := mostListed
	if in.MaxResults != nil {
		n = int(*in.MaxResults)
	}
	page, next := awssim.FirstPage(all, n, func(s *secret) string { return s.name })
	return &secretsmanager.ListSecretsOutput{SecretList: awssim.Each(page, (*secret).entry), NextToken: next}, nil
}

// all returns the secrets, in no order.
func (st *secretStore) all() []*secret {
	st.mu.Lock()
	defer st.mu.Unlock()
	return awssim.InOrder(st.secrets)
}

// passes reports whether a secret has what a filter asks for. Secrets here have a name
// and tags, and nothing else that can be asked for. Values are beginnings, and "!" negates
// a value.
//
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html
func (s *secret) passes(f types.Filter) bool {
	return slices.ContainsFunc(f.Values, func(value string) bool {
		wanted, negated := strings.CutPrefix(value, "!")
		has := false
		switch f.Key {
		case types.FilterNameStringTypeName:
			has = strings.HasPrefix(s.name, wanted)
		case types.FilterNameStringTypeTagKey:
			has = anyBegins(slices.Collect(maps.Keys(s.tags)), wanted)
		case types.FilterNameStringTypeTagValue:
			has = anyBegins(slices.Collect(maps.Values(s.tags)), wanted)
		case types.FilterNameStringTypeAll:
			has = anyBegins(s.words(), strings.ToLower(wanted))
		}
		return has != negated
	})
}

func anyBegins(all []string, with string) bool {
	return slices.ContainsFunc(all, func(one string) bool { return strings.HasPrefix(one, with) })
}

// words are the words of all that a secret can be found by, in lower case.
func (s *secret) words() []string {
	all := s.name
	for key, value := range s.tags {
		all += " " + key + " " + value
	}
	return strings.FieldsFunc(strings.ToLower(all), isSeparator)
}

func isSeparator(r rune) bool { return strings.ContainsRune(" /-_+=.@!", r) }

func (s *secret) entry() types.SecretListEntry {
	return types.SecretListEntry{
		ARN: aws.String(s.arn), Name: aws.String(s.name), CreatedDate: aws.Time(s.created), LastChangedDate: aws.Time(s.created),
		SecretVersionsToStages: map[string][]string{s.version: {"AWSCURRENT"}}, Tags: s.tagList(),
	}
}
