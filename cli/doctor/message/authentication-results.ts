/** One method's result in an Authentication-Results field (RFC 8601 section 2.2). */
export interface MethodResult {
  /** `spf`, `dkim`, `dmarc`, … in lower case. */
  method: string;
  /** `pass`, `fail`, `none`, … in lower case. */
  result: string;
  /** What the receiver adds in words: `reason=` and comments. */
  reason: string;
  /** Such as `smtp.mailfrom`, `header.d`, `header.s`. */
  properties: ReadonlyMap<string, string>;
}

/** An Authentication-Results field. */
export interface AuthenticationResults {
  /** Who verified; empty where the field does not say, as some of Microsoft's. Lower case. */
  authservId: string;
  results: MethodResult[];
}

/** Reads a field's value, unfolded. What is no result is passed over: receivers add things of their own. */
export function parseAuthenticationResults(value: string): AuthenticationResults {
  const [first = [], ...others] = statements(value);
  const named = first[0] !== undefined && !isPair(first[0]);
  return {
    authservId: named ? (first[0]?.text.toLowerCase() ?? "") : "",
    results: (named ? others : [first, ...others]).flatMap(methodResult),
  };
}

/** A word, a quoted string or a comment of the field. */
interface Token {
  text: string;
  isComment: boolean;
}

/** Words with quoted parts in them; what is in parentheses is a comment (RFC 5322 section 3.2.2). */
const TOKEN = /;|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|(?:"(?:[^"\\]|\\.)*"|[^\s;("])+/g;

/** The tokens between semicolons. `name = value` with spaces around the sign is one token. */
function statements(value: string): Token[][] {
  const list: Token[][] = [[]];
  for (const [text] of value.replace(/\s*=\s*/g, "=").matchAll(TOKEN)) {
    if (text === ";") {
      list.push([]);
    } else {
      const isComment = text.startsWith("(");
      list.at(-1)?.push({ text: isComment ? text.slice(1, -1) : text, isComment });
    }
  }
  return list;
}

function isPair({ text, isComment }: Token): boolean {
  return !isComment && text.includes("=");
}

function methodResult(tokens: readonly Token[]): MethodResult[] {
  const [head, ...pairs] = tokens.filter(isPair).map(({ text }) => pairOf(text));
  // A version may follow the method: `dkim/1=pass`.
  const method = head?.[0].split("/")[0] ?? "";
  if (!head || method === "") {
    return [];
  }
  const comments = tokens.filter(({ isComment }) => isComment).map(({ text }) => text);
  const reasons = pairs.filter(([name]) => name === "reason").map(([, text]) => text);
  return [
    {
      method,
      result: head[1].toLowerCase(),
      reason: [...reasons, ...comments].join("; "),
      properties: new Map(pairs.filter(([name]) => name.includes("."))),
    },
  ];
}

function pairOf(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  const value = text.slice(at + 1);
  const bare = /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
  return [text.slice(0, at).toLowerCase(), bare];
}
