package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestNewIDFollowsFromResourceAndProperties(t *testing.T) {
	request := func(urn string, value any) *pulumirpc.CreateRequest {
		return &pulumirpc.CreateRequest{Urn: urn, Name: "web", Properties: object(t, map[string]any{"a": value, "b": 2})}
	}
	ids := map[string]bool{}
	for _, req := range []*pulumirpc.CreateRequest{request("u1", 1), request("u1", 1), request("u1", 2), request("u2", 1)} {
		id, err := newID(req)
		if err != nil {
			t.Fatal(err)
		}
		ids[id] = true
	}
	if len(ids) != 3 {
		t.Errorf("two equal requests of four should share an id, got %v", ids)
	}
}

func TestRead(t *testing.T) {
	type props = map[string]any
	cases := []struct {
		name                                               string
		properties, inputs, wantedProperties, wantedInputs props
	}{
		{"an import", nil, nil, props{}, props{}},
		{"a get with hints", props{"a": 1}, nil, props{"a": 1}, props{"a": 1}},
		{"a refresh", props{"a": 1, "b": 2}, props{"a": 1}, props{"a": 1, "b": 2}, props{"a": 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := (&provider{}).Read(t.Context(), &pulumirpc.ReadRequest{
				Id: "x", Properties: object(t, c.properties), Inputs: object(t, c.inputs),
			})
			if err != nil {
				t.Fatal(err)
			}
			want := &pulumirpc.ReadResponse{
				Id: "x", Properties: object(t, c.wantedProperties), Inputs: object(t, c.wantedInputs),
			}
			if !proto.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestInvoke(t *testing.T) {
	answers := filepath.Join(t.TempDir(), "answers.json")
	if err := os.WriteFile(answers, []byte(`{"a:b:c": {"id": "1"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, file, token, wantedError string }{
		{"a result", answers, "a:b:c", ""},
		{"a token without a result", answers, "a:b:d", "add that key to " + answers},
		{"no file named", "", "a:b:c", "set ECHO_INVOKES"},
		{"a file that does not exist", answers + ".none", "a:b:c", "can't be read"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(invokesVariable, c.file)
			got, err := (&provider{}).Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: c.token})
			if c.wantedError != "" {
				if err == nil || !strings.Contains(err.Error(), c.wantedError) {
					t.Errorf("the error should say %q, it is: %v", c.wantedError, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]*structpb.Value{"id": structpb.NewStringValue("1")}
			if !proto.Equal(got.Return, &structpb.Struct{Fields: want}) {
				t.Errorf("got %v", got.Return)
			}
		})
	}
}
