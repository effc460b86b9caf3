// pulumi-language-python stands in for the Python language host that comes with a Pulumi CLI.
package main

import (
	"quillon.dev/toolchain/internal/program"
	"quillon.dev/toolchain/internal/python"
)

func main() {
	python.Main(program.Stream)
}
