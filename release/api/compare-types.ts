import ts from "typescript";
import type { ApiChange, Weight } from "./change";
import { namesIn, plain, type Report } from "./report";

/** Whether a program makes a value (an argument) or is handed it (a result). */
type Flow = "in" | "out";

const otherWay = (flow: Flow): Flow => (flow === "in" ? "out" : "in");

/**
 * What a program notices between two reports of an entry point. It judges declarations, not behaviour, and where it
 * can't tell that a changed type still takes or gives all that it did, the change counts as breaking.
 */
export function compareReports(file: string, before: Report, after: Report): ApiChange[] {
  const changes: ApiChange[] = [];
  const say = (weight: Weight, path: string, what: string) => changes.push({ weight, file, path, what });
  const visited = new Set<string>();

  for (const key of after.exported) if (!before.exported.has(key)) say("feature", nameOf(key), "added");
  for (const key of before.exported) {
    const name = nameOf(key);
    if (!after.exported.has(key)) say("breaking", name, "removed");
    else if (key.startsWith("value ")) values(name);
  }
  // Types that no function or class has led to may be made or read by a program.
  for (const key of before.exported) {
    const name = nameOf(key);
    const reached = (["in", "out"] as const).some((flow) => visited.has(`${flow} ${name}`));
    if (key.startsWith("type ") && after.exported.has(key) && !reached) {
      const isClass = ts.isClassDeclaration(before.types.get(name) ?? ts.factory.createEmptyStatement());
      for (const flow of isClass ? (["out"] as const) : (["in", "out"] as const)) named(name, flow);
    }
  }
  return changes;

  function values(name: string): void {
    const [old = [], now = []] = [before.values.get(name), after.values.get(name)];
    if (now.length > old.length) say("feature", name, "takes arguments in one more way");
    old.forEach((declaration, index) => {
      const next = now[index];
      if (next === undefined) say("breaking", name, "takes arguments in one way less");
      else if (ts.isFunctionDeclaration(declaration) && ts.isFunctionDeclaration(next))
        signature(declaration, next, name, "out");
      else if (ts.isVariableDeclaration(declaration) && ts.isVariableDeclaration(next))
        types(declaration.type, next.type, name, "out");
      else say("breaking", name, "is another kind of thing");
    });
  }

  function named(name: string, flow: Flow): void {
    if (visited.has(`${flow} ${name}`)) return;
    visited.add(`${flow} ${name}`);
    const [old, now] = [before.types.get(name), after.types.get(name)];
    if (old === undefined || now === undefined) return;
    if (old.kind !== now.kind) say("breaking", name, "is another kind of type");
    else if (ts.isClassDeclaration(old) && ts.isClassDeclaration(now)) {
      heritage(old, now, name, "out");
      members(old.members, now.members, name, "out");
    } else if (ts.isInterfaceDeclaration(old) && ts.isInterfaceDeclaration(now)) {
      parameters(old, now, name);
      heritage(old, now, name, flow);
      members(old.members, now.members, name, flow);
    } else if (ts.isTypeAliasDeclaration(old) && ts.isTypeAliasDeclaration(now)) {
      parameters(old, now, name);
      types(old.type, now.type, name, flow);
    } else if (ts.isEnumDeclaration(old) && ts.isEnumDeclaration(now)) {
      listed(old.members.map(plain), now.members.map(plain), name);
    } else if (ts.isModuleDeclaration(old) && ts.isModuleDeclaration(now)) {
      listed(namesIn(old), namesIn(now), name);
    }
  }

  function listed(old: string[], now: string[], path: string): void {
    for (const each of old) if (!now.includes(each)) say("breaking", `${path}.${each}`, "removed");
    for (const each of now) if (!old.includes(each)) say("feature", `${path}.${each}`, "added");
  }

  function parameters(
    old: { typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> },
    now: { typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> },
    path: string,
  ): void {
    const [a, b] = [old, now].map(({ typeParameters = [] }) => typeParameters.map(plain).join(", "));
    if (a !== b) say("breaking", path, `has the type parameters <${b}> instead of <${a}>`);
  }

  function heritage(
    old: ts.ClassDeclaration | ts.InterfaceDeclaration,
    now: ts.ClassDeclaration | ts.InterfaceDeclaration,
    path: string,
    flow: Flow,
  ): void {
    const bases = (node: typeof old) => (node.heritageClauses ?? []).flatMap((clause) => [...clause.types]);
    const [a, b] = [bases(old), bases(now)];
    a.forEach((base, index) => {
      const next = b[index];
      if (next === undefined) say("breaking", path, `no longer extends ${plain(base)}`);
      else types(base, next, path, flow);
    });
    for (const base of b.slice(a.length))
      say(flow === "in" ? "breaking" : "feature", path, `extends ${plain(base)} too`);
  }

  function members(
    old: readonly (ts.TypeElement | ts.ClassElement)[],
    now: readonly (ts.TypeElement | ts.ClassElement)[],
    path: string,
    flow: Flow,
  ): void {
    const [a, b] = [membersByName(old), membersByName(now)];
    for (const [name, member] of a) {
      const next = b.get(name);
      const at = `${path}.${name}`;
      if (next === undefined) say("breaking", at, "removed");
      else {
        optionality(member, next, at, flow);
        // The static side, constructors with it, is what a program calls.
        if (isSignature(member) && isSignature(next)) signature(member, next, at, flow);
        else if (hasType(member) && hasType(next)) types(member.type, next.type, at, flow);
        else if (plain(member) !== plain(next)) say("breaking", at, "is another kind of member");
      }
    }
    for (const [name, member] of b) {
      if (a.has(name)) continue;
      const asked = flow === "in" && !isOptional(member);
      say(asked ? "breaking" : "feature", `${path}.${name}`, asked ? "added, and required" : "added");
    }
  }

  function optionality(old: ts.Node, now: ts.Node, path: string, flow: Flow): void {
    if (isOptional(old) === isOptional(now)) return;
    const what = isOptional(now) ? "can be absent now" : "is required now";
    say(isOptional(now) === (flow === "in") ? "feature" : "breaking", path, what);
  }

  /** @param flow whose function it is: "out" where a program calls it */
  function signature(old: Signature, now: Signature, path: string, flow: Flow): void {
    parameters(old, now, path);
    old.parameters.forEach((parameter, index) => {
      const next = now.parameters[index];
      const at = `${path}(${parameter.name.getText()})`;
      // A function of the program's own may take fewer parameters than it is handed, ours may not.
      if (next === undefined) say("breaking", at, "removed");
      else {
        optionality(parameter, next, at, otherWay(flow));
        types(parameter.type, next.type, at, otherWay(flow));
      }
    });
    for (const parameter of now.parameters.slice(old.parameters.length)) {
      const asked = flow === "out" && !isOptional(parameter);
      const at = `${path}(${parameter.name.getText()})`;
      say(asked ? "breaking" : "feature", at, asked ? "added, and required" : "added");
    }
    types(old.type, now.type, path, flow);
  }

  function types(old: ts.Node | undefined, now: ts.Node | undefined, path: string, flow: Flow): void {
    if (old === undefined || now === undefined) {
      if (old !== now) say("breaking", path, "has a type on one side only");
      return;
    }
    if (ts.isParenthesizedTypeNode(old)) types(old.type, now, path, flow);
    else if (ts.isParenthesizedTypeNode(now)) types(old, now.type, path, flow);
    else if (ts.isUnionTypeNode(old) || ts.isUnionTypeNode(now)) unions(old, now, path, flow);
    else if (ts.isIntersectionTypeNode(old) && ts.isIntersectionTypeNode(now)) {
      intersections(old, now, path, flow);
    } else if (ts.isTypeLiteralNode(old) && ts.isTypeLiteralNode(now)) {
      members(old.members, now.members, path, flow);
    } else if (ts.isArrayTypeNode(old) && ts.isArrayTypeNode(now)) {
      types(old.elementType, now.elementType, `${path}[]`, flow);
    } else if (ts.isFunctionTypeNode(old) && ts.isFunctionTypeNode(now)) signature(old, now, path, flow);
    else if (isReference(old) && isReference(now) && targetOf(old) === targetOf(now)) {
      references(old, now, path, flow);
    } else if (plain(old) !== plain(now)) say("breaking", path, insteadOf(now, old));
  }

  function intersections(
    old: ts.IntersectionTypeNode,
    now: ts.IntersectionTypeNode,
    path: string,
    flow: Flow,
  ): void {
    if (old.types.length !== now.types.length) say("breaking", path, insteadOf(now, old));
    else old.types.forEach((each, index) => void types(each, now.types[index], path, flow));
  }

  function references(old: Reference, now: Reference, path: string, flow: Flow): void {
    const name = targetOf(old).split(".").at(-1) ?? "";
    named(name, flow);
    const [a, b] = [old.typeArguments ?? [], now.typeArguments ?? []];
    const picks = ["Pick", "Omit"].includes(name);
    if (a.length !== b.length) say("breaking", path, insteadOf(now, old));
    a.forEach((argument, index) => {
      const next = b[index];
      if (next === undefined) return;
      // Keys that are picked or left out are neither made nor read: only equal ones are surely the same.
      if (!picks || index === 0) types(argument, next, path, flow);
      else if (plain(argument) !== plain(next)) say("breaking", path, insteadOf(now, old));
    });
  }

  function unions(old: ts.Node, now: ts.Node, path: string, flow: Flow): void {
    const [a, b] = [alternatives(old), alternatives(now)];
    const [rest, more] = [a.filter((each) => !has(b, each)), b.filter((each) => !has(a, each))];
    for (const each of a) {
      // One name can stand there twice, with other type arguments.
      const same =
        b.find((other) => plain(other) === plain(each)) ?? b.find((other) => keyOf(other) === keyOf(each));
      if (same !== undefined) types(each, same, path, flow);
    }
    const [only, changed] = [rest[0], more[0]];
    const oneChanged = rest.length === 1 && more.length === 1 && only?.kind === changed?.kind;
    // One that is only changed keeps its place.
    if (oneChanged && a.length === b.length) types(only, changed, path, flow);
    else {
      for (const each of rest)
        say(flow === "in" ? "breaking" : "feature", path, `can no longer be ${plain(each)}`);
      for (const each of more) say(flow === "in" ? "feature" : "breaking", path, `can be ${plain(each)} too`);
    }
  }
}

type Reference = ts.TypeReferenceNode | ts.ExpressionWithTypeArguments;
type Signature = ts.SignatureDeclaration;

const nameOf = (key: string) => key.slice(key.indexOf(" ") + 1);
const isReference = (node: ts.Node): node is Reference =>
  ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node);
const targetOf = (node: Reference) => plain(ts.isTypeReferenceNode(node) ? node.typeName : node.expression);
const insteadOf = (now: ts.Node, old: ts.Node) => `is ${plain(now)} instead of ${plain(old)}`;
const alternatives = (node: ts.Node): ts.Node[] => (ts.isUnionTypeNode(node) ? [...node.types] : [node]);
const keyOf = (node: ts.Node) => (isReference(node) ? targetOf(node) : plain(node));
const has = (nodes: ts.Node[], node: ts.Node) => nodes.some((each) => keyOf(each) === keyOf(node));
const isOptional = (node: ts.Node) =>
  ("questionToken" in node && node.questionToken !== undefined) ||
  (ts.isParameter(node) && (node.initializer !== undefined || node.dotDotDotToken !== undefined));
const isSignature = (node: ts.Node): node is Signature =>
  ts.isMethodSignature(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node) ||
  ts.isCallSignatureDeclaration(node);
const hasType = (
  node: ts.Node,
): node is
  | ts.PropertySignature
  | ts.PropertyDeclaration
  | ts.IndexSignatureDeclaration
  | ts.AccessorDeclaration =>
  ts.isPropertySignature(node) ||
  ts.isPropertyDeclaration(node) ||
  ts.isIndexSignatureDeclaration(node) ||
  ts.isAccessor(node);

function membersByName<T extends ts.TypeElement | ts.ClassElement>(members: readonly T[]): Map<string, T> {
  const byName = new Map<string, T>();
  for (const member of members.filter(isPublic)) {
    const name = memberName(member);
    // One name is there several times where a method has overloads, or a property a getter and a setter.
    let key = name;
    for (let nth = 2; byName.has(key); nth++) key = `${name}#${nth}`;
    byName.set(key, member);
  }
  return byName;
}

function memberName(member: ts.TypeElement | ts.ClassElement): string {
  if (ts.isConstructorDeclaration(member)) return "constructor";
  if (ts.isIndexSignatureDeclaration(member)) return "[key]";
  return member.name === undefined ? "()" : member.name.getText();
}

function isPublic(member: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  return !modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}
