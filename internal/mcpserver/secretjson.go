package mcpserver

import (
	"encoding/json"
	"regexp"
	"strings"
)

// structures masks the members of an object that are secrets by what the object is: a
// Secret of Kubernetes, a JSON Web Key, an output or a random password in the state of
// Terraform, and a secret access key beside the ID of its key.
func (s scrubber) structures(v map[string]any, did *changes) {
	s.kubeObject(v, did)
	if _, key := v["kty"].(string); key {
		// https://datatracker.ietf.org/doc/html/rfc7518#section-6
		s.maskMembers(v, did, "d", "k", "p", "q", "dp", "dq", "qi")
	}
	if sensitive, _ := v["sensitive"].(bool); sensitive {
		s.maskMembers(v, did, "value")
	}
	if kind, _ := v["type"].(string); kind == "random_password" {
		instances, _ := v["instances"].([]any)
		for _, instance := range instances {
			if members, ok := instance.(map[string]any); ok {
				attributes, _ := members["attributes"].(map[string]any)
				s.maskMembers(attributes, did, "result", "bcrypt_hash")
			}
		}
	}
	for _, value := range v {
		if s.keyID(value) {
			for name, other := range v {
				if s.secretKey(other) && !s.reveals(name) {
					v[name] = s.mask(other, did)
				}
			}
			return
		}
	}
}

// kubeObject masks the data of an object that is a Kubernetes Secret.
func (s scrubber) kubeObject(v map[string]any, did *changes) {
	if kind, ok := v["kind"].(string); !ok || kind != "Secret" {
		return
	}
	for _, name := range []string{"data", "stringData"} {
		if data, ok := v[name].(map[string]any); ok && !s.reveals(name) {
			v[name] = s.mask(data, did)
		}
	}
}

func (s scrubber) maskMembers(v map[string]any, did *changes, names ...string) {
	for _, name := range names {
		if text, ok := v[name].(string); ok && text != "" && text != mask && !s.reveals(name) {
			v[name] = s.mask(text, did)
		}
	}
}

// keyPairs masks the secret access keys in a list that has the ID of a key.
func (s scrubber) keyPairs(v []any, did *changes) {
	for _, value := range v {
		if !s.keyID(value) {
			continue
		}
		for i, other := range v {
			if s.secretKey(other) {
				v[i] = s.mask(other, did)
			}
		}
		return
	}
}

func (s scrubber) keyID(v any) bool {
	text, ok := v.(string)
	return ok && len(text) == 20 && (strings.HasPrefix(text, "AKIA") || strings.HasPrefix(text, "ASIA"))
}

func (s scrubber) secretKey(v any) bool {
	text, ok := v.(string)
	return ok && len(text) == 40 && mixed(text) && s.embeds.secretKey.MatchString(text)
}

// embeds find what stands in a text and is read by itself.
type embeds struct {
	// objects are hints of objects of JSON that are secrets by what they are.
	objects []hint
	// secretKey is a secret access key of AWS.
	secretKey *regexp.Regexp
}

func newEmbeds() embeds {
	return embeds{objects: hints(`"kind"`, `"kty"`, `"sensitive"`, `"random_password"`, `"s":`), secretKey: regexp.MustCompile(`^[A-Za-z0-9/+]{40}$`)}
}

// mostObjects bounds how many objects are looked for in a text.
const mostObjects = 200

// embedded masks in the objects of JSON that stand in a text, such as a line of a log.
// Objects without such secrets stay as they are written.
func (s scrubber) embedded(text string, did *changes) string {
	if s.depth >= deepest {
		return text
	}
	s.depth++
	var out strings.Builder
	done := 0
	for from, tries := 0, 0; tries < mostObjects; tries++ {
		i := strings.IndexByte(text[from:], '{')
		if i < 0 {
			break
		}
		from += i
		decoder := json.NewDecoder(strings.NewReader(text[from:]))
		decoder.UseNumber()
		var object map[string]any
		if decoder.Decode(&object) != nil {
			from++
			continue
		}
		end := from + int(decoder.InputOffset())
		if masked, changed := s.written(object, did); changed {
			out.WriteString(text[done:from] + masked)
			done = end
		}
		from = end
	}
	return out.String() + text[done:]
}
