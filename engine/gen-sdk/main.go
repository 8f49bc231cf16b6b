// Command gen-sdk writes a language's package of a Pulumi provider by Pulumi's own generators.
//
// usage: gen-sdk DIRECTORY nodejs|python|go < schema.json
//
// `pulumi package gen-sdk` does the same through a language host, which only the vendor's
// distribution carries; the generator itself is a library of the CLI's module.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen-sdk:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return errors.New("usage: gen-sdk DIRECTORY nodejs|python|go < schema.json")
	}
	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		return fmt.Errorf("the schema on standard input is no Pulumi package schema: %w", err)
	}
	languages := map[string]schema.Language{
		"nodejs": nodejs.Importer, "python": python.Importer, "go": gogen.Importer,
	}
	pkg, err := schema.ImportSpec(spec, languages, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return fmt.Errorf("the schema is not valid: %w", err)
	}
	files, err := generate(os.Args[2], pkg)
	if err != nil {
		return fmt.Errorf("generating the package: %w", err)
	}
	for name, content := range files {
		path := filepath.Join(os.Args[1], filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func generate(language string, pkg *schema.Package) (map[string][]byte, error) {
	switch language {
	case "nodejs":
		return nodejs.GeneratePackage("gen-sdk", pkg, nil, nil, false, nil)
	case "python":
		return python.GeneratePackage("gen-sdk", pkg, nil, nil)
	case "go":
		return gogen.GeneratePackage("gen-sdk", pkg, nil)
	default:
		return nil, fmt.Errorf("%s is none of nodejs, python, go", language)
	}
}
