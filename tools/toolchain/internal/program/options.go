package program

import "fmt"

// TextOption reads a key of `runtime.options`. It returns an empty string when the key does not exist.
func TextOption(values map[string]any, name string) (string, error) {
	value, ok := values[name]
	if !ok {
		return "", nil
	}
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("the runtime option %s must be a string, but it is %v", name, value)
	}
	return s, nil
}
