package mcpserver

import (
	"regexp"
	"strings"
)

// places find where in a text a name is followed by its value. The names are
// judged by their words.
type places struct {
	// pairs and directives are hints of what the patterns find.
	pairs, directives, declarations []hint
	// attributes is a pair of a name and a value: in JSON, in YAML, in attributes.
	attributes *regexp.Regexp
	// elements is such a pair in elements of XML, and in a property list.
	elements *regexp.Regexp
	// call is a call of a function with a name and a value.
	call *regexp.Regexp
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

func newPlaces() places {
	return places{
		pairs: hints("val"), directives: hints("env", "arg", "set"), declarations: hints("variable", "output"),
		attributes: regexp.MustCompile(`(?i)\b(?:(?:parameter|option)_?)?(?:name|key)\\*["']?\s*[:=]\s*\\*["']?([\w.-]+)\\*["']?[\s,;]*\\*["']?(?:parameter_?)?(?:value|val)\\*["']?\s*[:=]\s*`),
		elements: regexp.MustCompile(`(?i)<(?:(?:parameter|option)?(?:key|name)|variable)>\s*([^<>]*?)\s*</\w+>\s*` +
			`<(?:string|data|val|value|parametervalue|content)>\s*(?:<!\[CDATA\[)?`),
		call:      regexp.MustCompile(`\w\(\s*\\*["']([\w.-]+)\\*["']\s*,\s*`),
		directive: regexp.MustCompile(`(?im)^[ \t]*(?:ENV|ARG|setenv|setx|set(?:[ \t]+-\w+)+)[ \t]+([\w.-]+)[ \t]+`),
		element:   regexp.MustCompile(`<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>`),
		attribute: regexp.MustCompile(`\s([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')`),
		equals:    regexp.MustCompile(`^%(?:25)*3[aAdD]`),
		quote: regexp.MustCompile("^(?:[bBrRuUfF@$]{0,2}(\\\\*(?:\"\"\"|'''|[\"'`])|[“”„‟«‘’‚‛])|" +
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

// place is where a name stands in a text and where its value begins.
type place struct{ begin, name, nameEnd, value int }

// A finder finds the next place from an offset on.
type finder func(text string, from int) (place, bool)

// An extent is where a value begins and ends.
type extent func(text string, at place, of verdict) (from, to int)

// by finds the next place that a pattern does; its first group is the name.
func by(pattern *regexp.Regexp) finder {
	return func(text string, from int) (place, bool) {
		at := pattern.FindStringSubmatchIndex(text[from:])
		if at == nil {
			return place{}, false
		}
		return place{from + at[0], from + at[2], from + at[3], from + at[1]}, true
	}
}

// settings masks the values of settings in a text: environment variables, YAML,
// JSON that is no whole, headers, parameters of URLs, flags, attributes and
// elements.
func (s scrubber) settings(text string, low lowered, did *changes) string {
	if !low.holds(s.names.hints) {
		return text
	}
	if low.holds(s.places.pairs) {
		text = s.values(text, by(s.places.attributes), s.pairExtent, did)
	}
	if low.has('<') {
		text = s.values(text, by(s.places.elements), elementExtent, did)
		text = s.elements(text, did)
	}
	if low.has('(') {
		text = s.values(text, by(s.places.call), s.quotedExtent, did)
	}
	if low.holds(s.places.directives) {
		text = s.values(text, by(s.places.directive), s.lineExtent, did)
	}
	if low.has('-') {
		text = s.values(text, flag, s.flagExtent, did)
	}
	if low.has('{') && low.holds(s.places.declarations) {
		text = s.values(text, s.declared, s.expressionExtent, did)
	}
	return s.values(text, s.setting, s.settingExtent, did)
}

// values masks what stands at the places that next finds, up to where end says.
func (s scrubber) values(text string, next finder, extent extent, did *changes) string {
	var out strings.Builder
	done := 0
	for from := 0; from < len(text); {
		at, ok := next(text, from)
		if !ok {
			break
		}
		from = max(at.value, from+1)
		of := s.judgeAt(text, at)
		if of == noSecret || at.value < done {
			continue
		}
		begin, end := extent(text, at, of)
		if !s.secretValue(text[begin:end], of) {
			continue
		}
		did.masked++
		out.WriteString(text[done:begin] + mask)
		done, from = end, max(end, from)
	}
	return out.String() + text[done:]
}

// judgeAt is the verdict on the name at a place.
func (s scrubber) judgeAt(text string, at place) verdict {
	name, before := text[at.name:at.nameEnd], byte('\n')
	if at.name > 0 {
		before = text[at.name-1]
	}
	if strings.Contains(name, "%") {
		name = decodedFully(name)
		if i := strings.LastIndexFunc(name, func(r rune) bool { return r >= 0x80 || !nameByte(byte(r)) }); i >= 0 {
			before, name = name[i], name[i+1:]
		}
	}
	if before == ':' && at.nameEnd < len(text) && (text[at.nameEnd] == ':' || text[at.nameEnd] == '%') {
		return noSecret // a part of an ARN
	}
	if s.reveals(name) {
		return noSecret
	}
	of := s.judge(name)
	if inQuery := before == '?' || before == '&' || before == ';'; of == noSecret && inQuery && s.queryName(name) {
		return aSecret
	}
	return of
}

// setting finds the next name that =, :, :=, => or %3D separates from its value.
func (s scrubber) setting(text string, from int) (place, bool) {
	for {
		i := strings.IndexAny(text[from:], "=:%")
		if i < 0 {
			return place{}, false
		}
		sep := from + i
		from = sep + 1
		if text[sep] == '%' {
			encoded := s.places.equals.FindString(text[sep:])
			if encoded == "" {
				continue
			}
			from = sep + len(encoded)
		}
		begin, end := nameBefore(text, sep)
		if begin == end {
			if begin, end = complexKey(text, sep); begin == end {
				continue
			}
		}
		if from < len(text) && (text[sep] == ':' && text[from] == '=' || text[sep] == '=' && text[from] == '>') {
			from++
		}
		return place{begin, begin, end, blankEnd(text, from)}, true
	}
}

func blankEnd(text string, from int) int {
	for from < len(text) && (text[from] == ' ' || text[from] == '\t') {
		from++
	}
	return from
}

// nameBefore is where the name begins and ends that stands before a separator,
// in quotes or without.
func nameBefore(text string, sep int) (begin, end int) {
	end = trimBack(text, sep, " \t")
	end = trimBack(text, end, "\"'`“”‘’«»")
	end = trimBack(text, end, "\\")
	begin = end
	for begin > 0 && end-begin < 200 && nameByte(text[begin-1]) {
		begin--
	}
	return begin, end
}

// complexKey is a key of YAML on a line of its own, ? password, whose value
// stands behind the separator that begins the next line.
//
// https://yaml.org/spec/1.2.2/#822-block-mappings
func complexKey(text string, sep int) (begin, end int) {
	end = trimBack(text, sep, " \t")
	if text[sep] != ':' || end == 0 || text[end-1] != '\n' {
		return sep, sep
	}
	begin, end = nameBefore(text, trimBack(text, end, " \t\r\n"))
	if mark := trimBack(text, trimBack(text, begin, "\"'"), " \t"); mark == 0 || mark == begin || text[mark-1] != '?' {
		return sep, sep
	}
	return begin, end
}

// trimBack is the end of a text without some characters at its end, a few at most.
func trimBack(text string, end int, characters string) int {
	least := max(0, end-20)
	return least + len(strings.TrimRight(text[least:end], characters))
}

func nameByte(b byte) bool {
	return b == '_' || b == '.' || b == '-' || b == '%' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// flag finds the next flag of a command line whose value is the next word, also
// where the words are texts in a list.
func flag(text string, from int) (place, bool) {
	for {
		i := strings.IndexByte(text[from:], '-')
		if i < 0 {
			return place{}, false
		}
		begin := from + i
		name := begin + 1
		if name < len(text) && text[name] == '-' {
			name++
		}
		end := name
		for end < len(text) && nameByte(text[end]) {
			end++
		}
		from = max(end, begin+1)
		value := len(text) - len(strings.TrimLeft(text[end:], " \t\r\n\"',\\"))
		between := text[end:value]
		if begin > 0 && !strings.ContainsAny(text[begin-1:begin], " \t\r\n\"'") || end == name || strings.HasPrefix(text[name:], "no-") ||
			value == len(text) || text[value] == '-' || strings.Trim(between, "\"'\\") == "" {
			continue
		}
		if last := text[value-1]; last == '"' || last == '\'' {
			value = trimBack(text, value-1, "\\")
		} else if strings.Contains(between, "\n") && !strings.Contains(between, "\\") {
			continue // the next line is another text
		}
		return place{begin, name, end, value}, true
	}
}

func (s scrubber) flagExtent(text string, at place, _ verdict) (from, to int) {
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, to
	}
	return at.value, at.value + until(text[at.value:], " \t\r\n\"'")
}

// quotedExtent is a value in quotes; nothing is one without.
func (s scrubber) quotedExtent(text string, at place, _ verdict) (from, to int) {
	from, to, _ = s.quoted(text, at.value)
	return from, to
}

// lineExtent is a value that ends with its line.
func (s scrubber) lineExtent(text string, at place, _ verdict) (from, to int) {
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, to
	}
	return at.value, at.value + until(text[at.value:], "\r\n")
}

// elementExtent is the text of an element of XML.
func elementExtent(text string, at place, _ verdict) (from, to int) {
	end := "<"
	if strings.HasSuffix(text[at.begin:at.value], "<![CDATA[") {
		end = "]]>"
	}
	if i := strings.Index(text[at.value:], end); i >= 0 {
		return at.value, at.value + i
	}
	return at.value, len(text)
}

// lookBack bounds how far the beginning of a setting's line is looked for, so
// that one long line takes no longer than many short ones.
const lookBack = 200

func (s scrubber) settingExtent(text string, at place, of verdict) (from, to int) {
	return s.valueExtent(text, at, of, false)
}

func (s scrubber) pairExtent(text string, at place, of verdict) (from, to int) {
	return s.valueExtent(text, at, of, true)
}

// valueExtent is where a setting's value stands.
func (s scrubber) valueExtent(text string, at place, of verdict, pair bool) (from, to int) {
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, to
	}
	rest := text[at.value:]
	if opening := s.places.heredoc.FindStringSubmatch(rest); opening != nil {
		from = at.value + len(opening[0])
		return from, from + heredocEnd(text[from:], opening[1])
	}
	if strings.HasPrefix(rest, "$(") { // what a command prints
		if i := strings.IndexAny(rest, ")\r\n"); i > 0 && rest[i] == ')' {
			return at.value, at.value + i + 1
		}
	}
	near := max(0, at.begin-lookBack)
	line := near + 1 + strings.LastIndexAny(text[near:at.begin], "\r\n")
	before := strings.TrimLeft(text[line:at.begin], " \t-?")
	begins := before == "" || strings.HasSuffix(before, " ") && beginsSetting(before)
	key := before == `"` || before == "'" // in quotes
	colon := !pair && strings.Contains(text[at.nameEnd:at.value], ":") && !strings.Contains(text[at.nameEnd:at.value], "=")
	column := len(text[line:at.begin])
	if key {
		column--
	}
	lineEnd := at.value
	if end, ok := s.structureEnd(rest); ok {
		if of == secrets && strings.HasPrefix(strings.TrimLeft(rest[1:], " \t\r\n"), "{") {
			return at.value, at.value // things with names of their own
		}
		if lineEnd += end; !begins || !colon {
			return at.value, lineEnd
		}
	}
	if begins || colon {
		if block := s.places.block.FindString(rest); block != "" {
			return at.value + len(block), at.value + len(block) + blockEnd(rest[len(block):], column)
		}
	}
	switch {
	case begins && colon && strings.HasPrefix(rest, "- "): // a list as the value of a complex key
		return at.value, at.value + until(rest, "\n") + blockEnd(rest[until(rest, "\n"):], column-len("? "))
	case key && colon:
		end := until(rest, "\r\n")
		if more := s.continued(rest, end, column); more > 0 {
			return at.value, at.value + end + more
		}
		return at.value, at.value + len(strings.TrimRight(rest[:end], " \t,;]})"))
	case begins && colon:
		end := lineEnd - at.value
		end = logicalEnd(rest, end+until(rest[end:], "\r\n"), "\r\n")
		return at.value, at.value + end + s.continued(rest, end, column)
	case begins:
		if end := until(rest, "\r\n"); strings.Contains(text[at.name:at.nameEnd], ".") && continues(rest[:end]) {
			return at.value, at.value + logicalEnd(rest, end, "\r\n")
		}
		return at.value, at.value + logicalEnd(rest, until(rest, " \t\r\n"), " \t\r\n")
	case s.headerName(text[at.name:at.nameEnd]):
		return at.value, at.value + until(rest, "\r\n\"'")
	}
	return at.value, at.value + plainEnd(rest)
}

// beginsSetting tells whether a word before a name only declares it.
func beginsSetting(word string) bool {
	switch strings.TrimRight(word, " ") {
	case "export", "set", "ENV", "ARG":
		return true
	}
	return false
}

// plainEnd is where a value ends that stands in no quotes within a line.
func plainEnd(rest string) int {
	for end := 0; ; end++ {
		end += until(rest[end:], " \t\r\n\"'`,;&#<>)}]\\“”")
		if end == len(rest) || rest[end] != '&' {
			return end
		}
		if r, n := entity(rest[end:]); n > 0 && rest[end+1] == '#' && !strings.ContainsRune("\"'<>&", r) {
			end += n - 1
			continue
		}
		return end
	}
}

// quoted is a value in quotes, whatever the quotes are written as.
func (s scrubber) quoted(text string, at int) (from, to int, ok bool) {
	opening := s.places.quote.FindStringSubmatch(text[at:])
	if opening == nil {
		return 0, 0, false
	}
	from = at + len(opening[0])
	quote := opening[1] + opening[2]
	switch quote {
	case "“", "”", "„", "‟", "«":
		return from, from + until(text[from:], "“”‟»"), true
	case "‘", "’", "‚", "‛":
		return from, from + until(text[from:], "‘’‛"), true
	case `"`: // doubled, as in CSV
		if rest := text[from:]; len(rest) > 1 && rest[0] == '"' && nameByte(rest[1]) {
			quote, from = `""`, from+1
		}
	}
	return from, from + quotedEnd(text[from:], quote), true
}

// quotedEnd is where a quoted text ends: at its quote, with as many backslashes
// before it as the opening one had, or with the text. A quote that is doubled is
// one within the text.
func quotedEnd(rest, quote string) int {
	for i := 0; i < len(rest); i++ {
		j := strings.Index(rest[i:], quote)
		if j < 0 {
			break
		}
		i += j
		switch {
		case i > 0 && rest[i-1] == '\\' && quote[0] != '%' && quote[0] != '&':
		case i > 0 && len(quote) == 1 && strings.HasPrefix(rest[i+1:], quote):
			i++
		default:
			return i
		}
	}
	return len(rest)
}

// heredocEnd is where a text of several lines ends: before the line that is its tag.
func heredocEnd(rest, tag string) int {
	end := 0
	for line := range strings.Lines(rest) {
		if strings.TrimRight(strings.TrimSpace(line), ";,") == tag {
			return max(0, end-1)
		}
		end += len(line)
	}
	return len(rest)
}

// farthest bounds how far the end of a list without quotes is looked for.
const farthest = 4096

// structureEnd is where an object or a list ends that a text begins with. One
// that was cut ends with the text, or with its line if it began to stand on one.
func (s scrubber) structureEnd(rest string) (int, bool) {
	if rest == "" || rest[0] != '[' && rest[0] != '{' {
		return 0, false
	}
	quote := "\""
	opening := s.places.list.FindStringSubmatch(rest)
	if opening != nil {
		quote = opening[1]
	} else {
		rest = rest[:min(len(rest), farthest)]
	}
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch {
		case strings.HasPrefix(rest[i:], quote):
			i += len(quote)
			i += quotedEnd(rest[min(i, len(rest)):], quote) + len(quote) - 1
		case rest[i] == '{' || rest[i] == '[':
			depth++
		case rest[i] == '}' || rest[i] == ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	if first := until(rest, "\r\n"); opening == nil && strings.TrimSpace(rest[1:first]) != "" {
		return first, true
	}
	return len(rest), true
}

func until(text, stops string) int {
	if i := strings.IndexAny(text, stops); i >= 0 {
		return i
	}
	return len(text)
}
