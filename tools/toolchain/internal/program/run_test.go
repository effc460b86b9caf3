package program

import (
	"os/exec"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
)

func TestRun(t *testing.T) {
	cases := []struct {
		name    string
		command []string
		want    *pulumirpc.RunResponse
	}{
		{"succeeds", []string{"sh", "-c", "exit 0"}, &pulumirpc.RunResponse{}},
		{"has already shown its error", []string{"sh", "-c", "exit 32"}, &pulumirpc.RunResponse{Bail: true}},
		{"fails", []string{"sh", "-c", "exit 3"}, &pulumirpc.RunResponse{Error: "Program exited with non-zero exit code: 3"}},
		{"can't start", []string{"/does/not/exist"}, &pulumirpc.RunResponse{
			Error: "could not start the program: fork/exec /does/not/exist: no such file or directory",
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Run(exec.Command(c.command[0], c.command[1:]...)); !proto.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestOldConfigKey(t *testing.T) {
	for key, want := range map[string]string{
		"aws:region":        "aws:config:region",
		"aws:config:region": "aws:config:region",
		"p:a:b":             "p:config:a:b",
		"plain":             "plain",
	} {
		if got := OldConfigKey(key); got != want {
			t.Errorf("%s: got %s, want %s", key, got, want)
		}
	}
}
