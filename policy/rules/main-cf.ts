/**
 * What a text sets Postfix's main.cf parameter to: lines of the file with their continuations, and arguments of
 * `postconf`. In the order of the text; the last one counts for Postfix, and each one is a risk.
 */
export function mainCfValues(text: string, parameter: string): string[] {
  const assigned = new RegExp(
    `(?:^|[\\s"'])${parameter}[ \\t]*=[ \\t]*((?:[^\\n"'\\\\]|\\\\(?!n))*(?:\\n[ \\t]+(?![ \\t]*[\\w-]+[ \\t]*=)[^\\n"']*)*)`,
    "g",
  );
  return [...text.matchAll(assigned)].map(([, value = ""]) => value.replace(/\s+/g, " ").trim());
}

/** The elements of a list of Postfix, which commas or white space separate. */
export function listElements(value: string): string[] {
  return value.split(/[\s,]+/).filter((element) => element !== "");
}
