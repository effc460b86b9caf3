package main

import (
	"encoding/json"
	"fmt"
	"os"

	"google.golang.org/protobuf/types/known/structpb"
)

// invokesVariable names a JSON file with an object that maps a function's token to the object that the function returns.
const invokesVariable = "ECHO_INVOKES"

// answerInvoke reads the file for each call, so that a test can change it while a program runs.
func answerInvoke(token string) (*structpb.Struct, error) {
	path := os.Getenv(invokesVariable)
	if path == "" {
		return nil, fmt.Errorf("there is no result for function %s: set %s to a JSON file that maps the token to an object", token, invokesVariable)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("there is no result for function %s: the file in %s can't be read: %w", token, invokesVariable, err)
	}
	var answers map[string]map[string]any
	if err := json.Unmarshal(data, &answers); err != nil {
		return nil, fmt.Errorf("there is no result for function %s: %s is not a JSON object of objects: %w", token, path, err)
	}
	answer, ok := answers[token]
	if !ok {
		return nil, fmt.Errorf("there is no result for function %s: add that key to %s", token, path)
	}
	return structpb.NewStruct(answer)
}
