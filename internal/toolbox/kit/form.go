package kit

import "github.com/hawser/hawser/internal/tool"

// PageFlags are the flags that the aws CLI has for the pages of a listing.
//
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-pagination.html
func PageFlags() []tool.FormFlag {
	return []tool.FormFlag{{Name: "max-items", Field: "limit"}, {Name: "starting-token", Field: "cursor"}}
}
