package cli

import "strings"

// elsewhere returns the command of Hawser for a command of the aws CLI or gh that has
// another name there, or "". Words are those that follow the program's name.
func elsewhere(words []string) string {
	for n := min(len(words), 2); n > 0; n-- {
		if instead, ok := otherNames()[strings.Join(words[:n], " ")]; ok {
			return instead
		}
	}
	return ""
}

// otherNames maps commands of the aws CLI and gh to those of Hawser. A service alone
// stands for all its commands that are not listed.
func otherNames() map[string]string {
	return map[string]string{
		"api":                     "hawser call",
		"auth":                    "hawser whoami",
		"auth login":              "hawser login",
		"auth logout":             "hawser logout",
		"configure":               "hawser config init",
		"configure list":          "hawser config show",
		"configure list-profiles": "hawser connections list",
		"configure sso":           "hawser login",
		"iam":                     "hawser identity list",
		"iam list-access-keys":    "hawser keys list",
		"identitystore":           "hawser identity list",
		"organizations":           "hawser accounts",
		"rds-data":                "hawser rds query",
		"s3api":                   "hawser s3",
		"s3api delete-object":     "hawser s3 delete",
		"s3api get-object":        "hawser s3 get",
		"s3api list-buckets":      "hawser s3 list",
		"s3api list-objects":      "hawser s3 list",
		"s3api list-objects-v2":   "hawser s3 list",
		"s3api put-object":        "hawser s3 put",
		"sso":                     "hawser login",
		"sso login":               "hawser login",
		"sso logout":              "hawser logout",
		"sso-admin":               "hawser grants list",
	}
}
