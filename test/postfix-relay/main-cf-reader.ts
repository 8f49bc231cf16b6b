/** Reads main.cf as postconf(5) has it: `name = value`, continued by lines that begin with white space. */
export function parameters(text: string): Record<string, string> {
  const logicalLines = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .join("\n")
    .replace(/\n\s+/g, " ")
    .split("\n");
  return Object.fromEntries(
    logicalLines.map((line) => {
      const match = /^([\w-]+) ?= ?(.*)$/.exec(line);
      if (match === null) {
        throw new Error(`not a line of main.cf: ${line}`);
      }
      return [match[1] ?? "", match[2] ?? ""];
    }),
  );
}
