/** What a page of the reference says of one name. */
export interface Declared {
  name: string;
  kind: "component" | "function" | "type";
  /** Whether a program can import it; otherwise only others mention it. */
  exported: boolean;
  description: string;
  /** Its declaration, where a table would not say it: a function's line, a union. */
  code?: string;
  /** Parameters of a function. */
  parameters: Member[];
  returns?: string;
  throws: string[];
  /** Properties and methods, those of objects in objects as `outer.inner`. */
  members: Member[];
}

/** A line of a table. */
export interface Member {
  name: string;
  optional: boolean;
  /** TypeScript, on one line. */
  type: string;
  description: string;
}
