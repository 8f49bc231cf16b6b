/** The domain first, then the terms that lead to a place: `example.com include:a.example > include:b.example`. */
export type SpfPath = readonly [domain: string, ...terms: string[]];

/** The path in one line, for reports. */
export function describePath([domain, ...terms]: SpfPath): string {
  return terms.length === 0 ? domain : `${domain} ${terms.join(" > ")}`;
}
