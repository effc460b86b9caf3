package python

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quillon.dev/toolchain/internal/plugintest"
	"quillon.dev/toolchain/internal/program"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

const tellArguments = `import os, sys
print("|".join([os.getcwd(), *sys.argv[1:], os.environ["ASKED"]]))
print("on stderr", file=sys.stderr)
sys.exit(7)
`

func TestRunPluginStartsAPolicyPack(t *testing.T) {
	pack, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	module := filepath.Join(pack, "pulumi", "policy")
	if err := os.MkdirAll(module, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(module, "__main__.py"), []byte(tellArguments), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := plugintest.RunPlugin(t, &host{runPack: program.Stream}, &pulumirpc.RunPluginRequest{
		Kind: "analyzer", Pwd: t.TempDir(), Args: []string{"127.0.0.1:1", "a b"}, Info: plugintest.Info(pack),
		Env: append(os.Environ(), "ASKED=yes"),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := plugintest.Output{
		Stdout: strings.Join([]string{pack, "127.0.0.1:1", "a b", pack, "yes"}, "|") + "\n", Stderr: "on stderr\n", ExitCode: 7,
	}
	if out != want {
		t.Errorf("got %+v, want %+v", out, want)
	}
}

func TestRunPluginWithoutItsEnvironment(t *testing.T) {
	options, err := structpb.NewStruct(map[string]any{"virtualenv": "venv"})
	if err != nil {
		t.Fatal(err)
	}
	info := plugintest.Info(t.TempDir())
	info.Options = options
	_, err = plugintest.RunPlugin(t, &host{runPack: program.Stream}, &pulumirpc.RunPluginRequest{Kind: "analyzer", Info: info})
	if err == nil || !strings.Contains(err.Error(), "venv") {
		t.Errorf("the error should name the environment, but it is: %v", err)
	}
}
