import { InvalidArgumentError } from "commander";

/** Reads an option's number, from 1 up. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("must be a number from 1 up");
  return value;
}

/** Reads such numbers, separated by commas. */
export function counts(text: string): number[] {
  return text.split(",").map(count);
}
