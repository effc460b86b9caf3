package program

import "fmt"

// TextOption reads one key of `runtime.options`, which is empty when the file doesn't have it.
func TextOption(values map[string]any, name string) (string, error) {
	value, ok := values[name]
	if !ok {
		return "", nil
	}
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("the runtime option %s must be a text, it is %v", name, value)
	}
	return s, nil
}
