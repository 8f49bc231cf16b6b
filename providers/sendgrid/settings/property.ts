import * as z from "zod";
import { sameMembers } from "../../kit";

/** One property of a setting. */
export interface SettingProperty<Input extends z.ZodType = z.ZodType> {
  description: string;
  /** What a program can set. */
  input: Input;
  /** What the account can have: also what the input refuses. */
  value: z.ZodType;
  /** What it stands for that the API leaves the property out or answers null. */
  absent: unknown;
  /** From the API's form to ours, where they differ. */
  decode?(value: unknown): unknown;
  /** From our form to the API's, where they differ. */
  encode?(value: unknown): unknown;
}

/** True or false. */
export const toggle = (description: string) =>
  property({ description, input: z.boolean(), value: z.boolean(), absent: false });

/** Text, of which an editor in the console can add white space at the end. The empty one stands for none. */
export const text = (description: string, input: z.ZodType<string> = z.string()) =>
  property({
    description: `${description} Empty for none.`,
    input: input.meta({ equals: sameText }),
    value: z.string(),
    absent: "",
  });

/** Texts in any order. */
export const texts = (description: string, item: z.ZodType<string>) =>
  property({
    description,
    input: z.array(item).meta({ equals: sameMembers }),
    value: z.array(z.string()),
    absent: [],
  });

/** A property with its kind kept in the type. */
export const property = <Input extends z.ZodType>(given: SettingProperty<Input>): SettingProperty<Input> =>
  given;

/** The form in which the API has no value: null. */
export const nullFor = (none: unknown) => (value: unknown) => (value === none ? null : value);

/** A text that is empty or fits; the message says what has to fit. */
export const emptyOr = (pattern: RegExp, message: string) =>
  z.string().refine((value) => value === "" || pattern.test(value), message);

/** Text around a single `@` whose right side is a domain. */
export const EMAIL = z.regexes.email;
export const EMAIL_FAULT = "must be an email address, e.g. postmaster@example.com";

function sameText(before: unknown, after: unknown): boolean {
  return typeof before === "string" && typeof after === "string" && before.trimEnd() === after.trimEnd();
}
