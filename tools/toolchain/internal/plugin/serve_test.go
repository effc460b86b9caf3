package plugin

import "testing"

func TestReadCommandLine(t *testing.T) {
	engine := Start{EngineAddress: "127.0.0.1:1"}
	cases := []struct {
		name string
		args []string
		want Start
	}{
		{"by hand", nil, Start{}},
		{"3.220", []string{"127.0.0.1:1"}, engine},
		{"3.200 with options", []string{"-root=/p", "-virtualenv=venv", "127.0.0.1:1"}, engine},
		{"with logs", []string{"--logtostderr", "-v=9", "127.0.0.1:1"}, engine},
		{"with traces", []string{"--tracing", "file:./t", "127.0.0.1:1"}, Start{"127.0.0.1:1", "file:./t"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := readCommandLine(c.args); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
