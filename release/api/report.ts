import ts from "typescript";

/** The declarations of an API report, by name; one name can be a type and a value. */
export interface Report {
  types: Map<string, ts.DeclarationStatement>;
  /** Overloads of a function are several. */
  values: Map<string, (ts.FunctionDeclaration | ts.VariableDeclaration)[]>;
  /** Names that programs can import, with "type " or "value " before them. */
  exported: Set<string>;
}

/** Reads a report of API Extractor: declarations in one fenced block. @throws Error where there is none */
export function parseReport(text: string, file: string): Report {
  const code = /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1];
  if (code === undefined)
    throw new Error(`${file} is no report of API Extractor. Next: run \`npm run release -- api\`.`);
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const report: Report = { types: new Map(), values: new Map(), exported: new Set() };
  const add = (space: "type" | "value", name: string, statement: ts.Statement) => {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    if (modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) {
      report.exported.add(`${space} ${name}`);
    }
  };
  for (const statement of source.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name) {
      const { text: name } = statement.name;
      report.values.set(name, [...(report.values.get(name) ?? []), statement]);
      add("value", name, statement);
    } else if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) {
        const name = declaration.name.getText();
        report.values.set(name, [declaration]);
        add("value", name, statement);
      }
    } else if (isTypeStatement(statement) && statement.name) {
      report.types.set(statement.name.text, statement);
      add("type", statement.name.text, statement);
    } else if (ts.isExportDeclaration(statement) && statement.exportClause) {
      for (const name of exportedNames(statement.exportClause)) {
        for (const space of ["type", "value"]) report.exported.add(`${space} ${name}`);
      }
    }
  }
  return report;
}

/** The names that a namespace of a report lists: `declare namespace inputs { export { Address } }`. */
export function namesIn(declaration: ts.ModuleDeclaration): string[] {
  const { body } = declaration;
  if (body === undefined || !ts.isModuleBlock(body)) return [];
  return body.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.exportClause ? exportedNames(statement.exportClause) : [],
  );
}

function exportedNames(clause: ts.NamedExportBindings): string[] {
  return ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : [clause.name.text];
}

function isTypeStatement(
  node: ts.Node,
): node is
  | ts.InterfaceDeclaration
  | ts.ClassDeclaration
  | ts.TypeAliasDeclaration
  | ts.EnumDeclaration
  | ts.ModuleDeclaration {
  return (
    ts.isInterfaceDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isModuleDeclaration(node)
  );
}

const printer = ts.createPrinter({ removeComments: true });

/** A type's text, the same however it is laid out. */
export function plain(node: ts.Node): string {
  return printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()).replace(/\s+/g, " ");
}
