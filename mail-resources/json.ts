/** Reads JSON; undefined for what is none, so that the caller's schema says what was expected. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
