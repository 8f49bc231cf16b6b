import { expect, test } from "vitest";
import { parse } from "yaml";
import { STOCK_PARAMETERS, stockUserData } from "../../bench/relay/stock";

test("the stock server gets what the provider's guide sets, and nothing that could slow it", () => {
  const { write_files } = parse(stockUserData("stock.example.com"));
  const script = String(write_files[0].content);
  const set = /^postconf -e (.*)$/m.exec(script)?.[1] ?? "";
  const given = [...set.matchAll(/'(\w+) = ([^']*)'/g)].map(([, name, value]) => [name, value]);
  expect(given).toEqual([["myhostname", "stock.example.com"], ...Object.entries(STOCK_PARAMETERS)]);
  expect(script.match(/postconf/g)).toHaveLength(1);
});
