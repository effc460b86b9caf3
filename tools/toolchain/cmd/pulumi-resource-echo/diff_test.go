package main

import (
	"slices"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

func object(t *testing.T, values map[string]any) *structpb.Struct {
	t.Helper()
	if values == nil {
		return nil
	}
	s, err := structpb.NewStruct(values)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDiff(t *testing.T) {
	type props = map[string]any
	cases := []struct {
		name                  string
		outputs, inputs, news props
		want                  []string
	}{
		{"the same", nil, props{"a": 1, "b": props{"c": "x"}}, props{"a": 1, "b": props{"c": "x"}}, nil},
		{"a key added, one removed, one changed", nil, props{"a": 1, "b": 2}, props{"a": 3, "c": 2}, []string{"a", "b", "c"}},
		{"a nested value changed", nil, props{"a": props{"b": []any{1, 2}}}, props{"a": props{"b": []any{1, 3}}}, []string{"a"}},
		{"null is a value", nil, props{}, props{"a": nil}, []string{"a"}},
		{"a value becomes unknown", nil, props{"a": "x"}, props{"a": unknown}, []string{"a"}},
		{"outputs are ignored if there are inputs", props{"a": 9}, props{"a": 1}, props{"a": 1}, nil},
		{"outputs are used if there are no inputs", props{"a": 9}, nil, props{"a": 1}, []string{"a"}},
		{"no values", nil, nil, nil, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := diff(&pulumirpc.DiffRequest{
				Olds: object(t, c.outputs), OldInputs: object(t, c.inputs), News: object(t, c.news),
			})
			if !slices.Equal(got.Diffs, c.want) {
				t.Errorf("changed keys: got %v, want %v", got.Diffs, c.want)
			}
			if some := got.Changes == pulumirpc.DiffResponse_DIFF_SOME; some != (len(c.want) > 0) {
				t.Errorf("changes: got %v with keys %v", got.Changes, got.Diffs)
			}
		})
	}
}
