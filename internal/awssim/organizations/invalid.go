package organizations

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
)

// invalidInput is AWS's answer to input that is wrong in a way it has a name for.
func invalidInput(reason types.InvalidInputExceptionReason, format string, args ...any) error {
	return awssim.Errorf("InvalidInputException", format, args...).With("Reason", string(reason))
}

// violation is AWS's answer to what a rule or a quota forbids.
func violation(reason types.ConstraintViolationExceptionReason, format string, args ...any) error {
	return awssim.Errorf("ConstraintViolationException", format, args...).With("Reason", string(reason))
}

// maxPage is the longest page of every listing, and the one that is given
// where the caller asks for none.
const maxPage = 20

// page cuts a page off a list that is sorted by key.
func page[T any](sorted []T, key func(T) string, size *int32, token *string) ([]T, *string, error) {
	n := maxPage
	if size != nil {
		n = int(*size)
	}
	items, next, ok := awssim.Page(sorted, key, n, token)
	if !ok {
		return nil, nil, invalidInput(types.InvalidInputExceptionReasonInvalidPaginationToken, "You provided an invalid pagination token.")
	}
	return items, next, nil
}

func nodeID(n *Node) string { return n.ID }

// tagList gives tags in the order of their keys.
func tagList(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for k, v := range tags {
		out = append(out, types.Tag{Key: aws.String(k), Value: aws.String(v)})
	}
	slices.SortFunc(out, func(a, b types.Tag) int { return cmp.Compare(*a.Key, *b.Key) })
	return out
}
