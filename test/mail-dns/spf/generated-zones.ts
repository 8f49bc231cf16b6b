import fc from "fast-check";
import type { MemoryRecord, MemoryZone } from "./memory-zone";

/** One evaluation, of a world of a few domains whose records refer to each other. */
export interface GeneratedCase {
  ip: string;
  sender: string;
  helo: string;
  zone: MemoryZone;
}

const DOMAINS = [
  "example.com",
  "a.example.com",
  "b.example.com",
  "c.example.net",
  "d.example.net",
  "e.example.org",
];
const HOSTS = ["h1.example.com", "h2.example.com", "h3.example.net", "alias.example.com", "gone.example.com"];
const FOUR = ["192.0.2.1", "192.0.2.77", "198.51.100.5", "203.0.113.9"];
const SIX = ["2001:db8::1", "2001:db8:1::5", "2001:db8:ffff::9"];

const qualifier = fc.constantFrom("", "", "", "", "+", "-", "~", "?");
const domain = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "h1..example.com",
      "museum",
      "1.2.3.4",
      "",
      "%{l+r-}.users.example.com",
      "%{d0}",
      "a\tb.example.com",
    ),
  },
  { weight: 24, arbitrary: fc.constantFrom(...DOMAINS) },
  { weight: 24, arbitrary: fc.constantFrom(...HOSTS) },
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      "%{d}",
      "%{d2}",
      "%{o}",
      "%{h}",
      "%{l}.users.example.com",
      "%{lr-}.users.example.com",
      "%{i}.list.example.com",
      "%{iR}.list.example.com",
      "%{ir}.%{v}.list.example.com",
      "%{d1r}.%{l1r+-}.example.com",
      "%{S}.example.com",
      "%{p}.names.example.com",
      "a%%b%_c%-d.example.com",
      "Example.COM.",
    ),
  },
);
/** Mostly right, now and then wrong. */
function often(right: string[], wrong: string[]) {
  return fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  );
}

const short = often(["", "/24", "/32", "/0", "/25"], ["/33", "/08"]);
const long = often(["", "//64", "//128", "//0"], ["//129"]);
const optional = fc.oneof(
  fc.constant(""),
  domain.map((name) => `:${name}`),
);

const directive = fc.oneof(
  { weight: 3, arbitrary: domain.map((name) => `include:${name}`) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom("a", "mx"), optional, short, long).map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: optional.map((name) => `ptr${name}`) },
  { weight: 2, arbitrary: domain.map((name) => `exists:${name}`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...FOUR), short)
      .map(([network, prefix]) => `ip4:${network}${prefix}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...SIX, "2001:DB8::1", "::1.2.3.4"), often(["", "/64", "/0"], ["/129"]))
      .map(([network, prefix]) => `ip6:${network}${prefix}`),
  },
  { weight: 1, arbitrary: fc.constant("all") },
);
const modifier = fc.oneof(
  { weight: 8, arbitrary: domain.map((name) => `redirect=${name}`) },
  { weight: 1, arbitrary: domain.map((name) => `Redirect=${name}`) },
  { weight: 6, arbitrary: fc.constantFrom("exp=why.example.com", "exp=%{d}", "exp=%{ir}.why.example.com") },
  { weight: 1, arbitrary: often(["x-y.z_1=%{d}", "note=", "v=spf1", "op=auth"], ["moo=%{q}"]) },
);
const term = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(qualifier, directive).map(([sign, text]) => sign + text) },
  { weight: 2, arbitrary: modifier },
);

/** A slip as people make it when they write a record. */
const slip = fc.tuple(
  fc.nat({ max: 200 }),
  fc.constantFrom("delete", "insert", "double", "upper"),
  fc.constantFrom(...' :/=%{}.-+~,\t"0xA'),
);

function withSlip(text: string, [at, kind, character]: [number, string, string]): string {
  const index = 6 + (at % Math.max(text.length - 6, 1));
  switch (kind) {
    case "delete":
      return text.slice(0, index) + text.slice(index + 1);
    case "insert":
      return text.slice(0, index) + character + text.slice(index);
    case "double": {
      const words = text.split(" ");
      const word = words[1 + (at % Math.max(words.length - 1, 1))] ?? "";
      return `${text} ${word}`;
    }
    default: {
      const letter = text[index] ?? "";
      return text.slice(0, index) + letter.toUpperCase() + text.slice(index + 1);
    }
  }
}

const record = fc
  .tuple(
    fc.array(term, { maxLength: 7 }),
    fc.constantFrom("", " -all", " ~all", " ?all", " all"),
    fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: slip }),
  )
  .map(([terms, end, mistake]) => {
    const text = ["v=spf1", ...terms].join(" ") + end;
    return mistake ? withSlip(text, mistake) : text;
  });

const texts = fc.oneof(
  { weight: 16, arbitrary: record.map((text) => [text]) },
  { weight: 2, arbitrary: record.map((text) => ["some other text", text]) },
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.tuple(record, record) },
);

const hostRecords = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...FOUR), { maxLength: 3 }),
    fc.uniqueArray(fc.constantFrom(...SIX), { maxLength: 2 }),
  )
  .map(([four, six]): MemoryRecord[] => [
    ...four.map((address): MemoryRecord => ["A", address]),
    ...six.map((address): MemoryRecord => ["AAAA", address]),
  ]);
const exchangers = fc
  .uniqueArray(fc.constantFrom(...HOSTS), { maxLength: 3 })
  .map((names) => names.map((exchange, index): MemoryRecord => ["MX", { preference: index * 10, exchange }]));

const domainRecords = fc
  .tuple(texts, hostRecords, exchangers)
  .map(([strings, hosts, mx]) => [...strings.map((text): MemoryRecord => ["TXT", text]), ...hosts, ...mx]);
const orSilent = <T>(records: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 40, arbitrary: records }, { weight: 1, arbitrary: fc.constant<"TIMEOUT">("TIMEOUT") });

const reverse = fc.record({
  "1.2.0.192.in-addr.arpa": pointers(),
  "77.2.0.192.in-addr.arpa": pointers(),
  "5.100.51.198.in-addr.arpa": pointers(),
  "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa": pointers(),
});

function pointers() {
  return orSilent(
    fc
      .uniqueArray(fc.constantFrom(...HOSTS.slice(0, 3), ...DOMAINS.slice(0, 2)), { maxLength: 3 })
      .map((names) => names.map((name): MemoryRecord => ["PTR", name])),
  );
}

const zone = fc
  .tuple(
    fc.tuple(...DOMAINS.map(() => orSilent(domainRecords))),
    fc.tuple(orSilent(hostRecords), orSilent(hostRecords), orSilent(hostRecords)),
    reverse,
    fc.constantFrom("h1.example.com", "h2.example.com", "gone.example.com"),
    fc.constantFrom(
      "Go away",
      "%{i} is not %{d}",
      "see http://example.com/?s=%{S}&i=%{C}",
      "%{p} and %{x}",
      "%{h}%%%_",
    ),
  )
  .map(
    ([domains, hosts, pointer, alias, why]): MemoryZone => ({
      ...Object.fromEntries(DOMAINS.map((name, index) => [name, domains[index] ?? []])),
      ...Object.fromEntries(hosts.map((records, index) => [HOSTS[index] ?? "", records])),
      ...pointer,
      "alias.example.com": [["CNAME", alias]],
      "why.example.com": [["TXT", why]],
      "joe.users.example.com": [["A", "127.0.0.2"]],
      "tag.joe.users.example.com": [["A", "127.0.0.2"]],
      "192.0.2.1.list.example.com": [["A", "127.0.0.2"]],
      "1.2.0.192.in-addr.list.example.com": [["A", "127.0.0.2"]],
      "h1.example.com.names.example.com": [["A", "127.0.0.2"]],
    }),
  );

/** Evaluations with records of all kinds, most of them valid. */
export const generatedCase: fc.Arbitrary<GeneratedCase> = fc.record({
  ip: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...FOUR) },
    { weight: 1, arbitrary: fc.constantFrom(...SIX) },
    { weight: 1, arbitrary: fc.constant("::ffff:192.0.2.1") },
  ),
  sender: fc.constantFrom(
    "joe@example.com",
    "joe@a.example.com",
    "joe-tag@example.com",
    "",
    "joe+x=y@b.example.com",
  ),
  helo: fc.constantFrom("h1.example.com", "example.com", "c.example.net"),
  zone,
});
