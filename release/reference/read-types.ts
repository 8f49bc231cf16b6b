import ts from "typescript";
import type { Declared, Member } from "./declared";
import { descriptionOf, membersOf, oneLine, signatureText, tagsOf } from "./read-members";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ["node"],
  strict: true,
  skipLibCheck: true,
};

/**
 * What an entry point exports, and the types of the same folder that it mentions, in alphabetical order.
 * @param entry its compiled types, a `.d.ts` file
 * @param folder where the package's own types are
 * @throws Error where there is no such file
 */
export function readTypes(entry: string, folder: string): Declared[] {
  const program = ts.createProgram([entry], OPTIONS);
  const source = program.getSourceFile(entry);
  const checker = program.getTypeChecker();
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} has no types. Next: run \`npm run build\`.`);

  const resolved = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const isOwn = (node: ts.Node) => node.getSourceFile().fileName.startsWith(folder);
  const exported = new Map(checker.getExportsOfModule(module).map((each) => [resolved(each), each.name]));
  // Grows while it is walked: what a mentioned type mentions comes too.
  const symbols = new Set(exported.keys());
  const read: Declared[] = [];
  for (const symbol of symbols) {
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined || !isOwn(declaration)) continue;
    read.push({
      ...declared(symbol, declaration),
      name: exported.get(symbol) ?? symbol.name,
      exported: exported.has(symbol),
    });
    for (const mentioned of mentions(declaration)) symbols.add(mentioned);
  }
  return read.toSorted((a, b) => (a.name < b.name ? -1 : 1));

  function mentions(declaration: ts.Node): ts.Symbol[] {
    const found: ts.Symbol[] = [];
    const visit = (node: ts.Node) => {
      if (isPrivate(node)) return;
      if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
        const symbol = checker.getSymbolAtLocation(
          ts.isTypeReferenceNode(node) ? node.typeName : node.expression,
        );
        const target = symbol && resolved(symbol);
        const isParameter = target && (target.flags & ts.SymbolFlags.TypeParameter) !== 0;
        if (target?.declarations?.some(isOwn) && !isParameter) found.push(target);
      }
      node.forEachChild(visit);
    };
    visit(declaration);
    return found;
  }

  function declared(symbol: ts.Symbol, declaration: ts.Declaration): Omit<Declared, "name" | "exported"> {
    const common = {
      description: descriptionOf(symbol, checker),
      throws: tagsOf(symbol, checker, "throws"),
      parameters: [] as Member[],
      members: [] as Member[],
    };
    if (ts.isFunctionDeclaration(declaration)) {
      const ways = (symbol.declarations ?? []).filter(ts.isFunctionDeclaration);
      return {
        ...common,
        kind: "function",
        code: ways.map((way) => `${symbol.name}${signatureText(way, ": ")}`).join("\n"),
        parameters: parametersOf(declaration),
        returns: tagsOf(symbol, checker, "returns")[0],
      };
    }
    if (ts.isClassDeclaration(declaration)) {
      const made = declaration.members.find(ts.isConstructorDeclaration);
      const code =
        made && `new ${symbol.name}(${oneLine(made.parameters.map((each) => each.getText()).join(", "))})`;
      return { ...common, kind: "component", code, members: propertiesOf(symbol) };
    }
    if (ts.isInterfaceDeclaration(declaration)) {
      return { ...common, kind: "type", members: propertiesOf(symbol) };
    }
    return { ...common, kind: "type", code: declaration.getText().replace(/^export (declare )?|;$/g, "") };
  }

  function parametersOf(declaration: ts.FunctionDeclaration): Member[] {
    return declaration.parameters.flatMap((parameter) => {
      const symbol = checker.getSymbolAtLocation(parameter.name);
      const description = symbol && descriptionOf(symbol, checker);
      if (symbol === undefined || !description) return [];
      const optional = parameter.questionToken !== undefined;
      return [{ name: symbol.name, optional, type: oneLine(parameter.type?.getText() ?? ""), description }];
    });
  }

  function propertiesOf(symbol: ts.Symbol): Member[] {
    return checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
      .filter(({ declarations = [] }) => declarations.some((each) => isOwn(each) && !isPrivate(each)))
      .flatMap((property) => membersOf(property, checker));
  }
}

function isPrivate(node: ts.Node): boolean {
  if (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name)) return true;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some(({ kind }) =>
    [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword].includes(kind),
  );
}
