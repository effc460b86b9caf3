package python

import (
	"fmt"
	"os"
	"os/exec"

	"quillon.dev/toolchain/internal/program"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// resolve picks the environment of a program: the one that its `virtualenv` option names, else the python3 of
// the PATH, which is an activated environment's where there is one.
func resolve(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	opts, err := readOptions(info)
	if err != nil {
		return nil, err
	}
	return toolchain.ResolveToolchain(opts)
}

func readOptions(info *pulumirpc.ProgramInfo) (toolchain.PythonOptions, error) {
	opts := toolchain.PythonOptions{Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory()}
	values := info.GetOptions().AsMap()
	var err error
	if opts.Virtualenv, err = program.TextOption(values, "virtualenv"); err != nil {
		return opts, err
	}
	manager, err := program.TextOption(values, "toolchain")
	if err != nil {
		return opts, err
	}
	if manager != "" && manager != "pip" {
		return opts, fmt.Errorf("the toolchain %s needs the language host of a Pulumi installation; "+
			"this one knows pip only", manager)
	}
	if _, ok := values["typechecker"]; ok {
		return opts, fmt.Errorf("the option typechecker needs the language host of a Pulumi installation")
	}
	return opts, nil
}

// withOwnEnvironment gives a plugin that names no environment one in its own directory.
func withOwnEnvironment(opts toolchain.PythonOptions) toolchain.PythonOptions {
	if opts.Virtualenv == "" {
		opts.Virtualenv = "venv"
	}
	return opts
}

// environment is what the command would run with: an activated virtual environment's, or this process's own.
func environment(cmd *exec.Cmd) []string {
	if cmd.Env == nil {
		return os.Environ()
	}
	return cmd.Env
}
