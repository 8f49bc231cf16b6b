/** An answer of AWS's JSON protocol. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** An error of the JSON protocol. */
export function failure(status: number, code: string, message: string): Answer {
  return { status, body: { __type: code, message } };
}
