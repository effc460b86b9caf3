// unpack-archives shows what the pinned Pulumi CLI does with the archives of policy packs. It unpacks each file that it is
// given with the CLI's own function, into a folder of its own, and loads the pack's PulumiPolicy.yaml as the CLI does after
// that. It prints one line of JSON for each archive.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

type result struct {
	Archive string `json:"archive"`
	// Why the CLI would give up; empty when it would not.
	Error string `json:"error,omitempty"`
	// The SHA-256 of each file of the pack, by its path below the folder package.
	Files map[string]string `json:"files"`
	// Whatever was written outside the folder that the archive was unpacked to.
	Outside []string `json:"outside"`
}

func main() {
	lines := json.NewEncoder(os.Stdout)
	for _, path := range os.Args[1:] {
		found, err := unpack(path)
		if err == nil {
			err = lines.Encode(found)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func unpack(path string) (*result, error) {
	// Archives may leave the folder that they are unpacked to. So it is deep inside one that is removed.
	root, err := os.MkdirTemp("", "unpack-archives-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	folder := filepath.Join(root, "a", "b", "c", "d", "folder")
	pack := filepath.Join(folder, "package")
	if err := os.MkdirAll(pack, 0o700); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()

	found := &result{Archive: filepath.Base(path), Files: map[string]string{}, Outside: []string{}}
	if err := load(file, folder, pack); err != nil {
		found.Error = err.Error()
	}
	return found, found.collect(root, folder, pack)
}

func load(file *os.File, folder, pack string) error {
	if err := archive.ExtractTGZ(file, folder); err != nil {
		return err
	}
	_, err := workspace.LoadPolicyPack(filepath.Join(pack, "PulumiPolicy.yaml"))
	return err
}

func (found *result) collect(root, folder, pack string) error {
	return filepath.WalkDir(root, func(path string, item fs.DirEntry, err error) error {
		switch inPack, inFolder := below(pack, path), below(folder, path); {
		case err != nil:
			return err
		case !inFolder && !below(path, folder):
			found.Outside = append(found.Outside, path)
		case inPack && item.Type().IsRegular():
			// The archive may have taken the right to read it.
			if err := os.Chmod(path, 0o600); err != nil {
				return err
			}
			content, err := os.ReadFile(path)
			sum := sha256.Sum256(content)
			found.Files[filepath.ToSlash(path[len(pack)+1:])] = hex.EncodeToString(sum[:])
			return err
		}
		return nil
	})
}

// below reports whether path is folder or inside it.
func below(folder, path string) bool {
	inside, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(inside)
}
