package nodejs

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFindPackages(t *testing.T) {
	const random = `{"name": "@pulumi/random", "version": "4.1.0", "pulumi": {"resource": true}}`
	cases := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"none installed", map[string]string{"index.ts": ""}, nil},
		{"named by the scope @pulumi", map[string]string{"node_modules/@pulumi/random/package.json": random}, []string{"random v4.1.0"}},
		{"named in its pulumi section", map[string]string{
			"node_modules/@acme/x/package.json": `{"name": "@acme/x", "version": "1.0.0",
				"pulumi": {"resource": true, "name": "acme", "version": "v2.0.0"}}`,
		}, []string{"acme v2.0.0"}},
		{"another scope without a name", map[string]string{
			"node_modules/@acme/x/package.json": `{"name": "@acme/x", "version": "1.0.0", "pulumi": {"resource": true}}`,
		}, nil},
		{"not a provider", map[string]string{
			"node_modules/@pulumi/pulumi/package.json": `{"name": "@pulumi/pulumi", "version": "3.0.0"}`,
		}, nil},
		{"within another package", map[string]string{
			"node_modules/a/node_modules/@pulumi/random/package.json": random,
		}, []string{"random v4.1.0"}},
		{"in a folder of the program", map[string]string{
			"lib/node_modules/@pulumi/random/package.json": random,
		}, []string{"random v4.1.0"}},
		{"the program's own package.json", map[string]string{"package.json": random}, nil},
		{"a policy pack in a folder of the program", map[string]string{
			"pack/PulumiPolicy.yaml":                        "runtime: nodejs",
			"pack/node_modules/@pulumi/random/package.json": random,
		}, nil},
		{"a package.json that is not JSON", map[string]string{"node_modules/a/package.json": "{"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := directory(t)
			for path, text := range c.files {
				write(t, filepath.Join(dir, path), text)
			}
			expectPackages(t, dir, c.want)
		})
	}
}

func TestFindPackagesFollowsLinksOnce(t *testing.T) {
	dir := directory(t)
	write(t, filepath.Join(dir, "store/random/package.json"),
		`{"name": "@pulumi/random", "version": "4.1.0", "pulumi": {"resource": true}}`)
	scope := filepath.Join(dir, "program/node_modules/@pulumi")
	if err := os.MkdirAll(scope, 0o755); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"random": "../../../store/random", "loop": ".."} {
		if err := os.Symlink(target, filepath.Join(scope, link)); err != nil {
			t.Fatal(err)
		}
	}
	expectPackages(t, filepath.Join(dir, "program"), []string{"random v4.1.0"})
}

func expectPackages(t *testing.T, dir string, want []string) {
	t.Helper()
	found, err := findPackages(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, pkg := range found {
		got = append(got, pkg.Name+" "+pkg.Version)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
