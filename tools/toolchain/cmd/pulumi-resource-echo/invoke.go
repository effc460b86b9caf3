package main

import (
	"encoding/json"
	"fmt"
	"os"

	"google.golang.org/protobuf/types/known/structpb"
)

// invokesVariable names a JSON file: an object from function token to the object that the function answers.
const invokesVariable = "ECHO_INVOKES"

// answerInvoke reads the file anew for each call, so that a test may change it while a program runs.
func answerInvoke(token string) (*structpb.Struct, error) {
	path := os.Getenv(invokesVariable)
	if path == "" {
		return nil, fmt.Errorf("no answer to %s: set %s to a JSON file that maps the token to an object", token, invokesVariable)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("no answer to %s: %s can't be read: %w", token, invokesVariable, err)
	}
	var answers map[string]map[string]any
	if err := json.Unmarshal(data, &answers); err != nil {
		return nil, fmt.Errorf("no answer to %s: %s is not an object of objects: %w", token, path, err)
	}
	answer, ok := answers[token]
	if !ok {
		return nil, fmt.Errorf("no answer to %s: add that key to %s", token, path)
	}
	return structpb.NewStruct(answer)
}
