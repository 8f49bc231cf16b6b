/** A file that user data puts onto the server. */
export interface ServerFile {
  path: string;
  /** Octal, such as `0755`. Owner is root. */
  mode: "0644" | "0755";
  content: string;
}

/** A systemd unit from its sections; a key that is given several values gets a line for each. */
export function renderUnit(sections: Record<string, Record<string, string | string[]>>): string {
  return Object.entries(sections)
    .map(([name, keys]) => {
      const lines = Object.entries(keys).flatMap(([key, value]) =>
        [value].flat().map((single) => `${key}=${single}`),
      );
      return `[${name}]\n${lines.join("\n")}\n`;
    })
    .join("\n");
}
