import { describe, expect, it } from "vitest";
import { describeSpfChange } from "../../../components/mail-dns/spf/changes";

const said = (before: string, after: string) =>
  describeSpfChange(before, after).map(({ severity, message }) => `${severity}: ${message}`);

describe("a change of an SPF record", () => {
  it("is nothing where only the spelling changes", () => {
    expect(said("v=spf1 +include:A.example. ~all", "v=spf1 include:a.example ~all")).toEqual([]);
    expect(said("google-site-verification=1", "v=spf1 ~all")).toEqual([]);
  });

  it("tells what is added, and what it costs", () => {
    expect(
      said("v=spf1 include:a.example ~all", "v=spf1 include:a.example include:b.example ip4:192.0.2.1 ~all"),
    ).toEqual([
      "info: include:b.example ip4:192.0.2.1 is added; lookups of the record's own terms 1 → 2 of 10",
    ]);
  });

  it("warns of what is gone", () => {
    expect(said("v=spf1 include:_spf.google.com mx ~all", "v=spf1 mx ~all")).toEqual([
      "warning: what include:_spf.google.com stood for is no longer in the record",
    ]);
  });

  it("warns of another end", () => {
    const everybodyElse = "warning: what receivers do with everybody else changes";
    expect(said("v=spf1 mx ~all", "v=spf1 mx -all")).toEqual([`${everybodyElse}: ~all → -all`]);
    expect(said("v=spf1 mx", "v=spf1 mx redirect=a.example")).toEqual([
      `${everybodyElse}: no all, which is ?all → redirect=a.example`,
    ]);
  });

  it("is an error where the new record cannot be read", () => {
    expect(said("v=spf1 ~all", "v=spf1 whatever ~all")).toEqual([
      "error: receivers will not be able to read the record",
    ]);
    expect(said("v=spf1 whatever", "v=spf1 ~all")).toEqual([
      "info: receivers could not read the record before",
    ]);
  });
});
