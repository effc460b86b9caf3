package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// conform compares a JSON value with the type that Pulumi's client reads it into, and says where they differ: a field that
// the type does not have, one that it requires and the value lacks, a value of another kind, or a word that is not of its list.
func conform(path string, value any, want reflect.Type) []string {
	switch {
	case want == reflect.TypeFor[json.RawMessage]() || want.Kind() == reflect.Interface:
		return nil
	case want == reflect.TypeFor[time.Time]():
		return conformTime(path, value)
	case want == reflect.TypeFor[[]byte]():
		return kindOf[string](path, value)
	}
	switch want.Kind() {
	case reflect.Pointer:
		if value == nil {
			return nil
		}
		return conform(path, value, want.Elem())
	case reflect.Struct:
		return conformStruct(path, value, want)
	case reflect.Slice:
		return conformList(path, value, want.Elem())
	case reflect.Map:
		return conformMap(path, value, want.Elem())
	case reflect.String:
		return conformWord(path, value, want)
	case reflect.Bool:
		return kindOf[bool](path, value)
	default:
		return kindOf[json.Number](path, value)
	}
}

// extra holds fields that are sent though the client's type lacks them, by type.
var extra = map[string][]string{
	// The type that the Pulumi CLI reads the same answer into has it:
	// https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/apitype/events.go
	"EngineEvent": {"sequence"},
}

func conformStruct(path string, value any, want reflect.Type) []string {
	fields := fieldsOf(want)
	if len(fields) == 0 {
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return kindOf[map[string]any](path, value)
	}
	var problems []string
	for name, inside := range object {
		if field, known := fields[name]; known {
			problems = append(problems, conform(path+"."+name, inside, field.Type)...)
		} else if !slices.Contains(extra[want.Name()], name) {
			problems = append(problems, fmt.Sprintf("%s.%s is a field that %s does not have", path, name, want.Name()))
		}
	}
	for name, field := range fields {
		if _, there := object[name]; !there && isRequired(field) {
			problems = append(problems, fmt.Sprintf("%s lacks %s, which %s requires", path, name, want.Name()))
		}
	}
	return problems
}

func conformList(path string, value any, want reflect.Type) []string {
	list, ok := value.([]any)
	if !ok {
		return kindOf[[]any](path, value)
	}
	var problems []string
	for index, inside := range list {
		problems = append(problems, conform(fmt.Sprintf("%s[%d]", path, index), inside, want)...)
	}
	return problems
}

func conformMap(path string, value any, want reflect.Type) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return kindOf[map[string]any](path, value)
	}
	var problems []string
	for name, inside := range object {
		problems = append(problems, conform(path+"."+name, inside, want)...)
	}
	return problems
}

// conformWord asks the types that are lists of words, which have a method AllValues.
func conformWord(path string, value any, want reflect.Type) []string {
	text, ok := value.(string)
	if !ok {
		return kindOf[string](path, value)
	}
	method := reflect.Zero(want).MethodByName("AllValues")
	if !method.IsValid() {
		return nil
	}
	var words []string
	for _, word := range method.Call(nil)[0].Seq2() {
		words = append(words, word.String())
	}
	if slices.Contains(words, text) {
		return nil
	}
	return []string{fmt.Sprintf("%s is %q, which is not one of %s", path, text, strings.Join(words, ", "))}
}

func conformTime(path string, value any) []string {
	text, ok := value.(string)
	if !ok {
		return kindOf[string](path, value)
	}
	if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
		return []string{fmt.Sprintf("%s is %q, which is not a time", path, text)}
	}
	return nil
}

func kindOf[T any](path string, value any) []string {
	if _, ok := value.(T); ok {
		return nil
	}
	return []string{fmt.Sprintf("%s is %T, where %s belongs", path, value, reflect.TypeFor[T]())}
}

// fieldsOf returns the fields of a struct by their JSON names, those of embedded structs included.
func fieldsOf(of reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for field := range fieldsIn(of) {
		if name := jsonName(field); name != "" {
			fields[name] = field
		}
	}
	return fields
}

func fieldsIn(of reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, field := range reflect.VisibleFields(of) {
			if field.IsExported() && !field.Anonymous && !yield(field) {
				return
			}
		}
	}
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// isRequired says whether a value always has the field: the client's types mark all others.
func isRequired(field reflect.StructField) bool {
	tag := field.Tag.Get("json")
	return !strings.Contains(tag, ",omitempty") && !strings.Contains(tag, ",omitzero")
}
