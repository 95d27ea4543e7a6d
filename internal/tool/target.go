package tool

// Target is where a call goes. Every tool that reaches AWS embeds it.
type Target struct {
	Connection string `json:"connection,omitempty" jsonschema:"the connection to use; default: the configured default" complete:"connection"`
	Account    string `json:"account,omitempty" jsonschema:"the member account to act in, 12 digits; default: the connection's own" format:"account-id"`
	Region     string `json:"region,omitempty" jsonschema:"the AWS region; default: the connection's" complete:"region"`
}

// Fan widens a listing from one account and region to many.
type Fan struct {
	AllRegions  bool `json:"all_regions,omitempty" jsonschema:"read every region that is enabled for the account"`
	AllAccounts bool `json:"all_accounts,omitempty" jsonschema:"read every account of the connection"`
}

// Page bounds a listing and continues an earlier one.
type Page struct {
	Limit  int    `json:"limit,omitempty" jsonschema:"the most items to return; default: all" min:"1"`
	Cursor string `json:"cursor,omitempty" jsonschema:"where an earlier answer ended, as it gave it"`
}
