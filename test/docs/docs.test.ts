import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../engine/project-root";
import { readSettings } from "../../infra/settings";
import { codeBlocks } from "./code-blocks";

const root = projectRoot();
const blocks = codeBlocks(root);
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const of = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));

describe("the documentation", () => {
  it("has TypeScript that compiles as a consumer's would", () => {
    const sources = new Map(of("ts").map(({ file, line, code }) => [join(root, `${file}.${line}.ts`), code]));
    expect(sources.size).toBeGreaterThan(3);
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const options: ts.CompilerOptions = {
      ...ts.parseJsonConfigFileContent(config, ts.sys, root).options,
      noCheck: false,
      noEmit: true,
      noUnusedLocals: false,
      paths: {
        "pulumi-smarthost": [join(root, "components/index.ts")],
        "pulumi-smarthost/mail-dns": [join(root, "components/mail-dns.ts")],
        "pulumi-smarthost/sendgrid": [join(root, "components/sendgrid.ts")],
      },
    };
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists, getSourceFile } = host;
    host.readFile = (name) => sources.get(name) ?? readFile(name);
    host.fileExists = (name) => sources.has(name) || fileExists(name);
    host.getSourceFile = (name, ...rest) => {
      const code = sources.get(name);
      return code === undefined
        ? getSourceFile(name, ...rest)
        : ts.createSourceFile(name, code, rest[0], true);
    };
    const program = ts.createProgram([...sources.keys()], options, host);
    const messages = [...sources.keys()].flatMap((name) => {
      const source = program.getSourceFile(name);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      );
    });
    expect(messages).toEqual([]);
  });

  it("has YAML that parses", () => {
    for (const { code } of of("yaml")) {
      expect(parse(code)).toBeTypeOf("object");
    }
  });

  it("names commands that exist, and settings that are accepted", () => {
    const settings: Record<string, string> = {};
    for (const { file, line, code } of of("sh")) {
      for (const command of code
        .split(/\n|&&/)
        .map((part) => part.trim())
        .filter(Boolean)) {
        expect(knownCommand(command, settings), `${file}:${line}: ${command}`).toBe(true);
      }
    }
    expect(readSettings(settings).faults).toEqual([]);
  });

  it("has no block in a language that nobody checks", () => {
    // test/languages compiles Python and Go; test/report makes the pages with diagrams anew.
    const checked = ["ts", "yaml", "sh", "", "text", "python", "go"];
    const unchecked = blocks.filter(
      ({ file, language }) =>
        !checked.includes(language) && !(language === "mermaid" && file.startsWith("docs/previews/")),
    );
    expect(unchecked).toEqual([]);
  });

  it("links to files that are there", () => {
    for (const file of new Set(["README.md", "CONTRIBUTING.md", ...blocks.map((block) => block.file)])) {
      const text = readFileSync(join(root, file), "utf8");
      for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        expect(existsSync(resolve(root, dirname(file), target)), `${file} -> ${target}`).toBe(true);
      }
    }
  });
});

describe("docs/README.md", () => {
  it("leads to every page", () => {
    const text = readFileSync(join(root, "docs/README.md"), "utf8");
    const pages = readdirSync(join(root, "docs")).filter(
      (name) => name.endsWith(".md") && name !== "README.md",
    );
    expect(pages.filter((page) => !text.includes(`](${page})`))).toEqual([]);
  });
});

/** Whether a documented command can be run; `pulumi config set` lines are gathered, to be checked together. */
function knownCommand(command: string, settings: Record<string, string>): boolean {
  const npmScript = /^npm run (\S+)/.exec(command)?.[1];
  if (npmScript !== undefined) {
    return scripts[npmScript] !== undefined;
  }
  const path = /^pulumi config set --path (?<quote>['"]?)(.+?)\k<quote> (?:"([^"]*)"|(\S+))$/.exec(command);
  if (path?.[2] !== undefined) {
    return setByPath(settings, path[2], path[3] ?? path[4] ?? "");
  }
  const setting = /^pulumi config set (\w+) (\S+)$/.exec(command);
  if (setting?.[1] !== undefined && setting[2] !== undefined) {
    settings[setting[1]] = setting[2];
    return true;
  }
  return [
    /^npm (ci|test|rebuild node)$/,
    /^npm install( --save-dev)? [@\w/.-]+$/,
    /^pulumi (up|preview|refresh|destroy|stack init|stack output|state delete|import)\b/,
    /^pulumi config rm [a-zA-Z]\w*$/,
    /^pulumi config set --secret [\w:]+$/,
    /^pulumi config set aws:region [\w-]+$/,
    /^pulumi plugin install resource sendgrid \S+ --file \S+$/,
    /^pulumi package add \S+\/dist\/component-package$/,
    /^export (SENDGRID_API_KEY|CLOUDFLARE_API_TOKEN|AWS_PROFILE)=\S+$/,
    /^sudo (postqueue|postsuper|journalctl|systemctl|systemd-run) /,
    // test/cli/docs.test.ts reads these as the command itself does.
    /^smarthost (relay|report|doctor)\b/,
    /^terraform state rm sendgrid_\w+\.\w+$/,
    /^git clone /,
    /^cd /,
  ].some((known) => known.test(command));
}

/** Sets a part of a list or of a map, as `pulumi config set --path` does; false for a path that it would not take. */
function setByPath(settings: Record<string, string>, path: string, value: string): boolean {
  const keys = [...path.matchAll(/\.?([\w-]+)|\["([^"]+)"\]|\[(\d+)\]/g)];
  const [root] = keys;
  if (root?.[1] === undefined || keys.map(([text]) => text).join("") !== path) {
    return false;
  }
  const put = (old: unknown, [key, ...rest]: typeof keys): unknown => {
    if (key === undefined) {
      return value;
    }
    if (key[3] !== undefined) {
      const list = Array.isArray(old) ? [...old] : [];
      list[Number(key[3])] = put(list[Number(key[3])], rest);
      return list;
    }
    const map: Record<string, unknown> = typeof old === "object" && old !== null ? { ...old } : {};
    const name = key[1] ?? key[2] ?? "";
    map[name] = put(map[name], rest);
    return map;
  };
  const before: unknown = settings[root[1]] === undefined ? undefined : JSON.parse(settings[root[1]] ?? "");
  settings[root[1]] = JSON.stringify(put(before, keys.slice(1)));
  return true;
}
