/** A place inside a resource's properties, from the outside in. */
export type PropertyPath = readonly (string | number)[];

/** Writes a path as Pulumi does: `settings.urls[2]`, `tags["a.b"]`. */
export function formatPath(path: PropertyPath): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}

/** Whether `pattern`, as in the resource option `ignoreChanges` (`*` for any step), names `path` or a part around it. */
export function pathIsUnder(path: PropertyPath, pattern: string): boolean {
  const steps = parsePath(pattern);
  return (
    steps.length > 0 &&
    steps.length <= path.length &&
    steps.every((step, index) => step === "*" || step === String(path[index]))
  );
}

function parsePath(text: string): string[] {
  return [...text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? name ?? "",
  );
}
