package mcpserver

import "regexp"

// patterns are those that find names with their values in a text. The words of a
// name decide whether the value is a secret.
type patterns struct {
	// pairs and directives are hints of what the patterns find.
	pairs, members, lists, heredocs, directives, declarations, dumps, setters, inserts []hint
	// attributes is a pair of a name and a value: in JSON, in YAML, in attributes.
	attributes *regexp.Regexp
	// entries is an element of XML whose attribute names its text, dump a pair in a dump of
	// PHP, and setter a call that sets what its name says.
	entries, dump, setter *regexp.Regexp
	// insert is the beginning of a statement of SQL with its columns.
	insert *regexp.Regexp
	// typed is a type between a name and its value, wrapped a call around a value.
	typed, wrapped *regexp.Regexp
	// elements is such a pair in elements of XML, and in a property list.
	elements *regexp.Regexp
	// call is a call of a function with a name and a value.
	call *regexp.Regexp
	// reversed is an object in a line whose value stands before its name.
	reversed *regexp.Regexp
	// pairList is a list of a name and a value in another list.
	pairList *regexp.Regexp
	// opened is a line with a name whose value is in the lines below, as GitHub's files of
	// variables have it.
	opened *regexp.Regexp
	// directive is a line that sets a variable without a sign between: of a
	// Dockerfile, of csh, fish and Windows.
	directive *regexp.Regexp
	// element is the first tag of an element of XML, attribute one in it.
	element, attribute *regexp.Regexp
	// equals is = or : in the encoding of URLs, once or several times.
	equals *regexp.Regexp
	// quote opens a value, block a block of YAML, heredoc a text of several lines.
	quote, block, heredoc *regexp.Regexp
	// declaration begins a block of HCL that declares a variable or an output, argument
	// is its value, and calling the call in which a text stands there.
	declaration, argument, calling *regexp.Regexp
	// assigned is a line that gives another name a value, or is a step of a stack trace.
	assigned *regexp.Regexp
	// list opens an object or a list of JSON whose texts stand in quotes.
	list *regexp.Regexp
	// key is a key of YAML in its line, header one whose value stands in the
	// lines below.
	key, header *regexp.Regexp
	// kind is the line that makes an object of Kubernetes a Secret.
	kind *regexp.Regexp
	// resource is the line that makes an entry of YAML a resource of CloudFormation.
	resource *regexp.Regexp
}

func newPatterns() patterns {
	return patterns{
		pairs: hints("val"), members: hints("val", "default", "content"), lists: hints(`["`, `[ "`, `['`, `[\\`), heredocs: hints("<<"), directives: hints("env", "arg", "set"), declarations: hints("variable", "output"),
		dumps: hints("]=>", `";s:`), setters: hints("set", "with"), inserts: hints("insert"),
		attributes: regexp.MustCompile(`(?i)\b(?:(?:parameter|option)_?)?(?:name|key)\\*["']?\s*[:=]\s*\\*["']?([\w.-]+)\\*["']?[\s,;]*\\*["']?(?:parameter_?)?(?:value|val)\\*["']?\s*[:=]\s*`),
		elements: regexp.MustCompile(`(?i)<(?:(?:(?:parameter|option)?(?:key|name)|variable)|(?:t[dh]|dt)(?:\s[^<>]*)?)>\s*([^<>]*?)\s*</\w+>\s*` +
			`<(?:(?:string|data|val|value|parametervalue|content)|(?:td|dd)(?:\s[^<>]*)?)>\s*(?:<!\[CDATA\[)?`),
		entries:   regexp.MustCompile(`(?i)<\w+\s(?:[^<>]*\s)?(?:name|key)\s*=\s*["']([^"'<>]*)["'](?:[^<>]*[^<>/])?>\s*(?:<value>\s*)?(?:<!\[CDATA\[)?`),
		dump:      regexp.MustCompile(`(?:\[\\*"([\w.-]+)\\*"[^\]\n]*\]=>\s+string\(\d+\)|s:\d+:\\*"([\w.-]+)\\*";s:\d+:)\s*`),
		insert:    regexp.MustCompile(`(?i)\binsert\s+into\s+[^\s(]+\s*\(([^()]*)\)\s*values\s*`),
		setter:    regexp.MustCompile(`\b(?:[sS]et|[wW]ith)_?([A-Za-z]\w+)\(\s*`),
		typed:     regexp.MustCompile(`^\s*(?:[sS]tring|&(?:'static )?str|str|Optional\[str\]|SecretStr|bytes|any|text)[?!]?\s*=\s*`),
		wrapped:   regexp.MustCompile(`^(?:Some|Just|Ok|SecretStr|SecretString|sensitive|str|String|Secret|b64decode|base64decode)\(\s*\\*["']`),
		call:      regexp.MustCompile(`\(\s*b?\\*["']([\w.-]+)\\*["']\s*,\s*`),
		reversed:  regexp.MustCompile(`(?i)\{\s*\\*["']?(?:value|val)\\*["']?\s*[:=]\s*(\\*"[^"\n]*"|\\*'[^'\n]*'|[^\s,;{}\[\]"'\\][^,;{}\n]*)[ \t,;]+\\*["']?(?:name|key)\\*["']?\s*[:=]\s*\\*["']?([\w./-]+)`),
		pairList:  regexp.MustCompile(`[\[,]\s*\[\s*\\*["']([\w.-]+)\\*["']\s*,\s*`),
		opened:    regexp.MustCompile(`(?m)^[ \t]*(?:read(?:[ \t]+-\w+)*[ \t]+)?([\w.-]+)[ \t]*<<[~-]?(?:[\w-]+|"\w+"|'\w+')[ \t]*\r?\n`),
		directive: regexp.MustCompile(`(?im)^[ \t]*(?:ENV|ARG|setenv|setx|set(?:[ \t]+-\w+)+)[ \t]+([\w.-]+)[ \t]+`),
		element:   regexp.MustCompile(`<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>`),
		attribute: regexp.MustCompile(`\s([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')`),
		equals:    regexp.MustCompile(`^%(?:25)*3[aAdD]`),
		quote: regexp.MustCompile("^(?:[bBrRuUfFN@$]{0,2}(\\\\*(?:\"\"\"|'''|[\"'`])|[“”„‟«‘’‚‛])|" +
			`(&(?:amp;)*(?:quot|apos|#0*3[49]|#[xX]0*2[27]);|\\+u002[27]|%(?:25)*2[27]))`),
		declaration: regexp.MustCompile(`\b(?:variable|output)[ \t]+\\*"?([\w-]+)\\*"?[ \t]*\{`),
		argument:    regexp.MustCompile(`(?m)^[ \t]*(?:default|value)[ \t]*=[ \t]*`),
		calling:     regexp.MustCompile(`^\w+\(\s*`),
		assigned:    regexp.MustCompile(`^(?:#|at |[^\s:=]+[ \t]*(?:=[ \t]*[^=\s]|:(?:\s|$))|[^:]*:\s)`),
		block:       regexp.MustCompile(`^(?:(?:&\S+|!!?(?:str|binary)?)[ \t]+)*[|>][+-]?\d*[+-]?[ \t]*(?:#[^\n]*)?\r?\n`),
		heredoc:     regexp.MustCompile(`^(?:\$\(\s*cat\s+)?<<[<~-]?[ \t]*\\?["']?([A-Za-z_]\w*)["']?[^\n]*\n`),
		list:        regexp.MustCompile(`^[\[{]\s*(\\*["'])`),
		key:         regexp.MustCompile(`^["']?([^\s"'#:{}\[\],][^"':{}\[\],]*)["']?[ \t]*:(?:[ \t]+|\r?\n?$)`),
		header:      regexp.MustCompile(`^([ \t?-]*)["']?([\w.\\%&#;/-]+)["']?[ \t]*:[ \t]*(?:[&!][^\s]+[ \t]*)*(?:#[^\n]*)?\r?\n?$`),
		kind:        regexp.MustCompile(`(?m)^[ \t-]*kind:[ \t]*["']?Secret["']?[ \t]*\r?$`),
		resource:    regexp.MustCompile(`(?m)^[ \t]*["']?Type["']?:[ \t]*["']?AWS::`),
	}
}
