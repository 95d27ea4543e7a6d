package sync

import "testing"

// TestImportsAreNamed: who is asked about an import sees the files and the
// connection.
func TestImportsAreNamed(t *testing.T) {
	for want, in := range map[string]snapshotImportInput{
		`"acme.jsonl" as the snapshot of the connection that the file names`:  {File: "acme.jsonl"},
		`"a b?" as the snapshot of the connection "acme"`:                     {File: "a b?", Connection: "acme"},
		`"gaad.json" and "org.json" as the snapshot of the connection "file"`: {Details: "gaad.json", Organization: "org.json"},
		`"gaad.json" as the snapshot of the connection "x"`:                   {Details: "gaad.json", Connection: "x"},
	} {
		if got := in.Subject(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
