/** The parameters of a main.cf, by name. What is no line of postconf(5) is passed over: the text may be anybody's. */
export type MainCf = Readonly<Record<string, string>>;

/** Reads main.cf as postconf(5) has it: `name = value`, which goes on in lines that begin with white space. */
export function parseMainCf(text: string): MainCf {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !/^\s*#/.test(line));
  const logicalLines = lines.join("\n").replace(/\n\s+/g, " ").split("\n");
  return Object.fromEntries(
    logicalLines.flatMap((line) => {
      const [, name, value] = /^([\w-]+)\s*=\s*(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, (value ?? "").trim()]];
    }),
  );
}

/** A parameter's list, parted by white space or commas; empty without the parameter. */
export function listOf(mainCf: MainCf, name: string): string[] {
  return (mainCf[name] ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
}

/** Next hops such as `[smtp.example.net]:587`, each once, as `smtp.example.net:587`. */
export function nextHops(entries: readonly string[]): string[] {
  return [...new Set(entries.map((entry) => entry.replace(/[[\]]/g, "")))];
}

/** The other ways of mail, by sender or by recipient: transports of the tables with a next hop of their own. */
export function routesOf(mainCf: MainCf): { name: string; host: string }[] {
  const tables = ["sender_dependent_default_transport_maps", "transport_maps"].map(
    (name) => mainCf[name] ?? "",
  );
  const found = new Map(
    tables.flatMap((table) =>
      [...table.matchAll(/=\s*route-([\w-]+):(\S+)/g)].map(([, name = "", hop = ""]) => [
        name,
        nextHops([hop])[0] ?? "",
      ]),
    ),
  );
  return [...found].map(([name = "", host = ""]) => ({ name, host }));
}
