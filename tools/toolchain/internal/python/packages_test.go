package python

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

func TestFindPackages(t *testing.T) {
	const resource = `{"resource": true, "name": "random", "version": "4.1.0"}`
	cases := []struct {
		name, distribution, about string
		want                      []string
	}{
		{"named in pulumi-plugin.json", "pulumi-random", resource, []string{"random v4.1.0"}},
		{"named by the package", "pulumi_random", `{"resource": true}`, []string{"random v2.3.4"}},
		{"not a provider", "pulumi_random", `{"resource": false, "name": "random", "version": "4.1.0"}`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			site := t.TempDir()
			for path, text := range map[string]string{
				"some-2.3.4.dist-info/METADATA":    "Metadata-Version: 2.1\nName: " + c.distribution + "\nVersion: 2.3.4\n",
				"pulumi_random/pulumi-plugin.json": c.about,
			} {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(site, path)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(site, path), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PYTHONPATH", site)
			tools, err := toolchain.ResolveToolchain(toolchain.PythonOptions{Root: site, ProgramDir: site})
			if err != nil {
				t.Fatal(err)
			}
			found, err := findPackages(t.Context(), tools)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, dependency := range found {
				got = append(got, dependency.GetName()+" "+dependency.GetVersion())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
