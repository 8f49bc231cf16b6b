import ts from "typescript";
import type { Member } from "./declared";

/** A comment's text without its tags, as Markdown. */
export function descriptionOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
}

/** The texts of a comment's tags of one name. */
export function tagsOf(symbol: ts.Symbol, checker: ts.TypeChecker, tag: string): string[] {
  return symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === tag)
    .map(({ text }) => ts.displayPartsToString(text).trim());
}

/** A property or method, and after it the properties of objects that are written into its type. */
export function membersOf(property: ts.Symbol, checker: ts.TypeChecker, outer = ""): Member[] {
  const [declaration] = property.declarations ?? [];
  if (declaration === undefined) return [];
  const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  const name = `${outer}${property.name}`;
  const description = descriptionOf(property, checker);
  if (ts.isMethodSignature(declaration) || ts.isMethodDeclaration(declaration)) {
    return [{ name: `${name}()`, optional, type: signatureText(declaration), description }];
  }
  const type =
    ts.isPropertySignature(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isGetAccessorDeclaration(declaration)
      ? declaration.type
      : undefined;
  if (type === undefined) {
    const shown = checker.typeToString(checker.getTypeOfSymbol(property));
    return [{ name, optional, type: shown, description }];
  }
  const literals = literalsIn(type);
  const inner = literals.flatMap((literal) =>
    checker.getPropertiesOfType(checker.getTypeAtLocation(literal)),
  );
  return [
    { name, optional, type: textWithout(type, literals), description },
    ...inner.flatMap((each) => membersOf(each, checker, `${name}.`)),
  ];
}

/** The objects that are written into a type, without those inside of them and inside of functions. */
function literalsIn(type: ts.Node): ts.TypeLiteralNode[] {
  if (ts.isTypeLiteralNode(type)) return [type];
  if (ts.isFunctionTypeNode(type)) return [];
  const found: ts.TypeLiteralNode[] = [];
  type.forEachChild((child) => void found.push(...literalsIn(child)));
  return found;
}

function textWithout(type: ts.Node, literals: readonly ts.Node[]): string {
  let [text, at] = ["", type.getStart()];
  for (const literal of literals) {
    text += `${type.getSourceFile().text.slice(at, literal.getStart())}{ … }`;
    at = literal.getEnd();
  }
  return oneLine(text + type.getSourceFile().text.slice(at, type.getEnd()));
}

/** What a function takes and gives: `<T>(name: T): Promise<void>`, or with an arrow as a type. */
export function signatureText(
  { typeParameters, parameters, type }: ts.SignatureDeclaration,
  between = " => ",
): string {
  const [generic, taken] = [typeParameters ?? [], parameters].map((list) =>
    list.map((each) => each.getText()).join(", "),
  );
  return oneLine(`${generic ? `<${generic}>` : ""}(${taken})${between}${type?.getText() ?? "void"}`);
}

/** A type's source on one line, without comments. */
export function oneLine(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/, ?([)}])/g, (_, end: string) => (end === "}" ? " }" : end))
    .trim();
}
