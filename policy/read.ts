import { listOf, numberOf, type Value } from "../mail-resources/value";

/** The whole number, also where it is written as text; undefined for everything else. */
export function whole(value: Value | undefined): number | undefined {
  const number = numberOf(value);
  return Number.isInteger(number) ? number : undefined;
}

/** The texts of a list; what is unknown, secret or no text is left out. */
export function texts(value: Value | undefined): string[] {
  return listOf(value).filter((each) => typeof each === "string");
}

/** The properties of an object; none for everything else. */
export function properties(value: Value | undefined): { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** Whether nothing is given, which is not the same as nothing known. */
export function isLeftOut(value: Value | undefined): value is null | undefined | "" {
  return value === undefined || value === null || value === "";
}
