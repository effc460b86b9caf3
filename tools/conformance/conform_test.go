package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

type colour string

func (colour) AllValues() []colour { return []colour{"red", "green"} }

type base struct {
	ID string `json:"id"`
}

type thing struct {
	base
	Colour colour          `json:"colour,omitempty"`
	At     *time.Time      `json:"at,omitempty"`
	Counts map[string]int  `json:"counts,omitempty"`
	Parts  []thing         `json:"parts,omitempty"`
	Raw    json.RawMessage `json:"raw,omitempty"`
	Bytes  []byte          `json:"bytes,omitempty"`
}

func TestConform(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{`{"id": "a"}`, ""},
		{`{"id": "a", "colour": "red", "at": "2026-01-02T03:04:05Z", "counts": {"x": 1}, "raw": {"y": []}, "bytes": "AA=="}`, ""},
		{`{}`, ".lacks id"},
		{`{"id": "a", "size": 1}`, ".size is a field that thing does not have"},
		{`{"id": 1}`, ".id is json.Number, where string belongs"},
		{`{"id": "a", "colour": "blue"}`, `.colour is "blue", which is not one of red, green`},
		{`{"id": "a", "at": 5}`, ".at is json.Number, where string belongs"},
		{`{"id": "a", "at": "yesterday"}`, `.at is "yesterday", which is not a time`},
		{`{"id": "a", "counts": {"x": "1"}}`, ".counts.x is string, where json.Number belongs"},
		{`{"id": "a", "parts": [{"id": "b"}, {}]}`, ".parts[1] lacks id, which thing requires"},
		{`{"id": "a", "parts": null}`, ".parts is <nil>, where []interface {} belongs"},
		{`[]`, " is []interface {}, where map[string]interface {} belongs"},
	} {
		want := strings.Replace(test.want, ".lacks id", " lacks id, which thing requires", 1)
		got := strings.Join(conform("", decoded(test.body), reflect.TypeFor[thing]()), "; ")
		if got != want {
			t.Errorf("%s: %q, not %q", test.body, got, want)
		}
	}
}

func decoded(body string) any {
	var value any
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		panic(err)
	}
	return value
}

func TestRoutesOfTheClient(t *testing.T) {
	routes := routesOfClient()
	for _, route := range []string{"GET /api/user", "PATCH /api/orgs/{}/policygroups/{}", "GET /api/stacks/{}/{}/{}/export/{}"} {
		if !slices.Contains(routes, route) {
			t.Errorf("%s is not among the %d routes", route, len(routes))
		}
	}
}
