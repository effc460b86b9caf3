package nodejs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quillon.dev/toolchain/internal/plugintest"
	"quillon.dev/toolchain/internal/program"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const tellArguments = `console.log([process.cwd(), ...process.argv.slice(2), process.env.ASKED].join("|"));
console.error("on stderr");
process.exitCode = 7;
`

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func directory(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestRunPlugin(t *testing.T) {
	pack, elsewhere := directory(t), directory(t)
	cases := []struct{ kind, module, want string }{
		{"analyzer", "run-policy-pack", strings.Join([]string{pack, "127.0.0.1:1", "a b", pack, "yes"}, "|")},
		{"resource", "run-plugin", strings.Join([]string{elsewhere, pack, "127.0.0.1:1", "a b", "yes"}, "|")},
	}
	for _, c := range cases {
		t.Run(c.kind, func(t *testing.T) {
			write(t, filepath.Join(pack, "node_modules/@pulumi/pulumi/cmd", c.module, "index.js"), tellArguments)
			out, err := plugintest.RunPlugin(t, &host{runPack: program.Stream}, &pulumirpc.RunPluginRequest{
				Kind: c.kind, Pwd: elsewhere, Args: []string{"127.0.0.1:1", "a b"}, Info: plugintest.Info(pack),
				Env: append(os.Environ(), "ASKED=yes"),
			})
			if err != nil {
				t.Fatal(err)
			}
			want := plugintest.Output{Stdout: c.want + "\n", Stderr: "on stderr\n", ExitCode: 7}
			if out != want {
				t.Errorf("got %+v, want %+v", out, want)
			}
		})
	}
}

func TestRunPluginWithoutTheSDK(t *testing.T) {
	pack := directory(t)
	_, err := plugintest.RunPlugin(t, &host{runPack: program.Stream}, &pulumirpc.RunPluginRequest{Kind: "analyzer", Info: plugintest.Info(pack)})
	if err == nil || !strings.Contains(err.Error(), "npm install") || !strings.Contains(err.Error(), pack) {
		t.Errorf("the error should name the directory and npm install, but it is: %v", err)
	}
}
